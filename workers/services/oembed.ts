import type { OEmbed, OEmbedQuery } from "../contract/oembed.ts";
import type { Video } from "../contract/videos.ts";
import { catalogReplica } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { isWithinLimit, limitOf } from "../domain/maturity.ts";
import type { Principal } from "../domain/principal.ts";
import { isListed } from "../domain/videos.ts";
import { presentVideos } from "./present-videos.ts";

type OEmbedEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS" | "PUBLIC_ORIGIN" | "PRODUCT_NAME">;

/** The maximum size of the player, and its size while the video's is unknown. */
const MAX_SIZE = { width: 1280, height: 720 };

/** The video id in a link to its watch or embed page on this site; null for any other URL. */
export function videoIdOf(url: string, origin: string): string | null {
  const { pathname, origin: linked } = new URL(url);
  return linked === origin
    ? (/^\/(?:watch|embed)\/([0-9A-Za-z]{22})\/?$/.exec(pathname)?.[1] ?? null)
    : null;
}

/** The largest size inside the box with the aspect ratio of the video, in pixels. */
export function fitSize(
  video: { width: number | null; height: number | null },
  box: { maxwidth?: number | undefined; maxheight?: number | undefined },
): { width: number; height: number } {
  const width = video.width ?? MAX_SIZE.width;
  const height = video.height ?? MAX_SIZE.height;
  const scale = Math.min(
    1,
    Math.min(box.maxwidth ?? MAX_SIZE.width, MAX_SIZE.width) / width,
    Math.min(box.maxheight ?? MAX_SIZE.height, MAX_SIZE.height) / height,
  );
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * What another site needs to embed a public video. Unlisted videos are not found.
 * @param frame renders the HTML of the iframe, with all values escaped
 * @throws AppError not_found
 */
export async function embedding(
  env: OEmbedEnv,
  caller: Principal,
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
  const [video] =
    row && isListed(row) && isWithinLimit(limitOf(caller), row)
      ? await presentVideos(env, db, [row])
      : [];
  if (!video) throw new AppError("not_found", "There is no public video at this URL.");
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
