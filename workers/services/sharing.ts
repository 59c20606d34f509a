import type { SharedVideo, VideoSharing } from "../contract/sharing.ts";
import { catalogReplica } from "../db/client.ts";
import { type SitemapRow, sitemapVideos } from "../db/sitemap.ts";
import { hasPremiere } from "../db/premieres.ts";
import { hasWaysIn } from "../db/video-access.ts";
import { countEver, findVideo } from "../db/videos.ts";
import type { Principal } from "../domain/principal.ts";
import { chaptersOf, clipsOf } from "../domain/chapters.ts";
import { pageSitemap, sitemapIndex, videoSitemap } from "../domain/sitemap-xml.ts";
import { AppError } from "../domain/errors.ts";
import { limitOf } from "../domain/maturity.ts";
import { awaitsStart, canBeOpened, isClosedDoor } from "../domain/video-access.ts";
import { isListed, isVisible } from "../domain/videos.ts";
import { imageUrls } from "../media/urls.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { fitSize } from "./oembed.ts";
import { sharedPremiere } from "./premieres.ts";
import { presentVideos } from "./present-videos.ts";
import { siteOffers } from "./site-settings.ts";

type SharingEnv = Pick<
  Env,
  "CATALOG" | "PLAYBACK_TOKEN_SECRETS" | "PUBLIC_ORIGIN" | "PRODUCT_NAME"
>;

/** Far below the format's limits of 50,000 addresses and 50 MB, for descriptions of the largest size. */
const ROWS_PER_SITEMAP = 1000;
/** The format's limit for an index. */
const MAX_SITEMAPS = 50_000;

/**
 * What links to a video show elsewhere. Only a public video shows anything: an unlisted one has no metadata, nor has a
 * private one that asks for a password or an account, and for others, any other private video does not exist. A video
 * with a premiere shows what its page shows.
 * @throws AppError not_found
 */
export async function sharedVideo(
  env: SharingEnv,
  principal: Principal,
  id: string,
): Promise<VideoSharing> {
  const db = catalogReplica(env);
  const row = await authorizedVideo(db, principal, "videos.share", id).catch((error: unknown) => {
    if (isClosedDoor(error)) return null;
    throw error;
  });
  const [video] = row && isListed(row) ? await presentVideos(env, db, [row]) : [];
  if (!row) return { video: null, premiere: await sharedPremiere(env, db, principal, id) };
  if (!video) return { video: null, premiere: null };
  const absolute = (path: string): string => new URL(path, env.PUBLIC_ORIGIN).href;
  const url = absolute(`/watch/${id}`);
  const { playbackRules } = row;
  const { duration } = video;
  const shared: SharedVideo = {
    title: video.title,
    description: video.description,
    siteName: env.PRODUCT_NAME,
    creator: {
      name: video.creator.name,
      url: absolute(`/creator/${encodeURIComponent(video.creator.id)}`),
    },
    url,
    embedUrl: playbackRules.origins ? null : absolute(`/embed/${id}`),
    oembedUrl: absolute(`/oembed?url=${encodeURIComponent(url)}`),
    image: video.poster === null ? null : absolute(video.poster),
    ...fitSize(video, {}),
    duration,
    publishedAt: video.publishedAt ?? video.createdAt,
    updatedAt: video.updatedAt,
    language: video.language,
    tags: video.tags,
    views: video.views,
    clips: duration === null ? [] : clipsOf(chaptersOf(row), duration),
  };
  return { video: shared, premiere: null };
}

/**
 * The sites that may embed a video, or null for any: also of a private video that is opened to some.
 * @throws AppError not_found
 */
export async function embeddingOrigins(
  env: Pick<Env, "CATALOG">,
  id: string,
): Promise<string[] | null> {
  const db = catalogReplica(env);
  const row = await findVideo(db, id);
  const isKnown =
    row &&
    (isVisible(row) ||
      (canBeOpened(row) && (await hasWaysIn(db, id))) ||
      (awaitsStart(row) && (await hasPremiere(db, id))));
  if (!isKnown) throw new AppError("not_found", "This video does not exist.");
  return row.playbackRules.origins ?? null;
}

/** `robots.txt`: pages of an account have nothing for search engines. */
export function robotsText(env: Pick<Env, "PUBLIC_ORIGIN">): string {
  const closed = ["/api/", "/studio", "/settings", "/upload", "/following", "/history", "/consent"];
  const lines = closed.map((path) => `Disallow: ${path}`);
  return `User-agent: *\n${lines.join("\n")}\n\nSitemap: ${env.PUBLIC_ORIGIN}/sitemap.xml\n`;
}

/** The index of the sitemaps; it always lists at least one of videos. */
export async function listSitemaps(env: SharingEnv): Promise<string> {
  const rows = await countEver(catalogReplica(env));
  const count = Math.min(Math.max(Math.ceil(rows / ROWS_PER_SITEMAP), 1), MAX_SITEMAPS);
  const pages = Array.from({ length: count }, (_, page) => page);
  return sitemapIndex([
    ...pages.map((page) => `${env.PUBLIC_ORIGIN}/sitemaps/videos.xml?page=${page}`),
    `${env.PUBLIC_ORIGIN}/sitemaps/categories.xml`,
  ]);
}

/** The pages of the categories that the site offers. */
export async function categoriesOfSitemap(env: SharingEnv): Promise<string> {
  const { categories } = await siteOffers(env);
  return pageSitemap(categories.map(({ slug }) => `${env.PUBLIC_ORIGIN}/category/${slug}`));
}

/** One page of public videos, from 0 on. */
export async function videosOfSitemap(
  env: SharingEnv,
  caller: Principal,
  page: number,
): Promise<string> {
  const rows = await sitemapVideos(catalogReplica(env), limitOf(caller), page, ROWS_PER_SITEMAP);
  return videoSitemap(rows.map((row) => toSitemapVideo(env.PUBLIC_ORIGIN, row)));
}

function toSitemapVideo(origin: string, row: SitemapRow) {
  const { poster } = imageUrls(row);
  const iso = (time: number): string => new Date(time).toISOString();
  return {
    url: `${origin}/watch/${row.id}`,
    embedUrl: `${origin}/embed/${row.id}`,
    title: row.title,
    description: row.description,
    thumbnail: poster === null ? null : new URL(poster, origin).href,
    duration: row.duration,
    views: row.views,
    publishedAt: iso(row.publishedAt ?? row.updatedAt),
    updatedAt: iso(row.updatedAt),
  };
}
