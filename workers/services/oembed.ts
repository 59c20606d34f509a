import type { OEmbed, OEmbedQuery } from "../contract/oembed.ts";
import type { Video } from "../contract/videos.ts";
import { catalogReplica } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { isListed } from "../domain/videos.ts";
import { presentVideos } from "./present-videos.ts";

type OEmbedEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS" | "PUBLIC_ORIGIN" | "PRODUCT_NAME">;

/** Where the source has not been measured, and never larger. */
const LARGEST = { width: 1280, height: 720 };

/** The id in a link to a page of a video on this site; null for any other URL. */
export function videoIdOf(url: string, origin: string): string | null {
  const { pathname, origin: linked } = new URL(url);
  return linked === origin
    ? (/^\/(?:watch|embed)\/([0-9A-Za-z]{22})\/?$/.exec(pathname)?.[1] ?? null)
    : null;
}

/** The picture's shape inside the box, in whole pixels. */
export function fitSize(
  picture: { width: number | null; height: number | null },
  box: { maxwidth?: number | undefined; maxheight?: number | undefined },
): { width: number; height: number } {
  const width = picture.width ?? LARGEST.width;
  const height = picture.height ?? LARGEST.height;
  const scale = Math.min(
    1,
    Math.min(box.maxwidth ?? LARGEST.width, LARGEST.width) / width,
    Math.min(box.maxheight ?? LARGEST.height, LARGEST.height) / height,
  );
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * What another site needs to show a public video. Unlisted ones are left out: whoever has their link decides where it
 * goes.
 * @param frame makes the HTML of the frame, with everything in it escaped
 * @throws AppError not_found
 */
export async function embedding(
  env: OEmbedEnv,
  query: OEmbedQuery,
  frame: (frame: {
    src: string;
    title: string;
    width: number;
    height: number;
  }) => string | Promise<string>,
): Promise<OEmbed> {
  const id = videoIdOf(query.url, env.PUBLIC_ORIGIN);
  const db = catalogReplica(env);
  const row = id === null ? null : await findVideo(db, id);
  const [video] = row && isListed(row) ? await presentVideos(env, db, [row]) : [];
  if (!video) throw new AppError("not_found", "There is no public video at this address.");
  const size = fitSize(video, query);
  return {
    version: "1.0",
    type: "video",
    title: video.title,
    author_name: video.creator.name,
    provider_name: env.PRODUCT_NAME,
    provider_url: env.PUBLIC_ORIGIN,
    html: await frame({
      src: `${env.PUBLIC_ORIGIN}/embed/${video.id}`,
      title: video.title,
      ...size,
    }),
    ...size,
    ...thumbnail(env, video),
  };
}

function thumbnail(env: OEmbedEnv, video: Video): Partial<OEmbed> {
  if (video.poster === null || video.width === null || video.height === null) return {};
  const url = new URL(video.poster, env.PUBLIC_ORIGIN).href;
  return { thumbnail_url: url, thumbnail_width: video.width, thumbnail_height: video.height };
}
