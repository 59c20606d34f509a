import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import { count } from "../count.ts";
import type { Delivery } from "./admission.ts";
import { catalogRead } from "./catalog-read.ts";
import { passOn, serveRead } from "./deliver.ts";
import { fetchStored, problemOf } from "./gate.ts";
import type { MediaCatalog } from "./media-catalog.ts";
import { type MediaPath, parseMediaPath } from "./media-path.ts";
import { RecentCache } from "./recent-cache.ts";
import { hasOpenImages } from "./urls.ts";

/** How long one read of the catalogue serves everyone, unless it is purged before (workers/index.ts). */
const CACHE_TTL_SECONDS = 30;
/** How long an isolate caches the answer, so that a page full of posters asks once per video. */
const CACHE_TTL_VIDEO_MS = 2_000;
const MAX_CACHED_VIDEOS = 1000;
/**
 * If a folder is not among the cached ones, the creator has just chosen another poster, or the URL was guessed. The
 * catalogue itself is asked then, at most this often per video.
 */
const MIN_REREAD_INTERVAL_MS = 1000;

const UNCACHED = { "cloudflare-cdn-cache-control": "no-store" };

const OPEN_IMAGES_PATH = "/open-images/";

const OpenImages = z.object({
  version: z.number(),
  /** Folders below the version that hold the poster, the storyboard and the preview. */
  folders: z.array(z.string()),
});
type OpenImages = z.infer<typeof OpenImages>;

interface CachedImages extends OpenImages {
  readAt: number;
  /** When the catalogue itself was last asked because a folder was missing here; 0 for never. */
  rereadAt: number;
}

const videos = new RecentCache<CachedImages>(MAX_CACHED_VIDEOS);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** The folders of a video that are open to everyone: none unless it is public, watchable and not deleted. */
async function readOpenImages(videoId: string, catalog: MediaCatalog): Promise<OpenImages> {
  const video = await catalogRead(() => catalog.findVideo(videoId));
  const isOpen = video && hasOpenImages(video);
  const paths = isOpen ? [video.posterPath, video.storyboardPath, video.previewPath] : [];
  const folders = paths.filter((path) => path !== null).map(folderOf);
  return { version: video?.version ?? 0, folders };
}

/**
 * The half behind Workers Cache: which images of a video are public, as JSON, under a URL that is the same for all
 * viewers.
 * @returns null for a request for something else
 */
export async function serveOpenImages(
  { url }: Request,
  catalog: MediaCatalog,
): Promise<Response | null> {
  const { pathname } = new URL(url);
  if (!pathname.startsWith(OPEN_IMAGES_PATH)) return null;
  const videoId = pathname.slice(OPEN_IMAGES_PATH.length);
  const images = await readOpenImages(videoId, catalog).catch(() => null);
  if (!images) return new Response(null, { status: 503, headers: UNCACHED });
  return Response.json(images, {
    headers: {
      "cloudflare-cdn-cache-control": `public, max-age=${CACHE_TTL_SECONDS}`,
      "cache-tag": `video-${videoId}`,
    },
  });
}

/** @throws AppError unavailable when the catalogue does not answer */
async function fetchOpenImages(videoId: string, ctx: Delivery["ctx"]): Promise<OpenImages> {
  const url = `https://public.internal${OPEN_IMAGES_PATH}${videoId}`;
  count("cache.lookups", { entry: "public" });
  const response = await ctx.exports.PublicReads.fetch(url);
  if (!response.ok)
    throw new AppError("unavailable", "The catalogue does not answer. Try again in a moment.");
  return OpenImages.parse(await response.json());
}

async function askOpenImages(
  videoId: string,
  { ctx, catalog }: Delivery,
  rereadAt: number,
): Promise<CachedImages> {
  const images =
    rereadAt > 0 ? await readOpenImages(videoId, catalog) : await fetchOpenImages(videoId, ctx);
  const cached = { ...images, readAt: Date.now(), rereadAt };
  videos.set(videoId, cached);
  return cached;
}

function isAmong(images: OpenImages, { kind, version, path }: MediaPath): boolean {
  return kind === "file" && version === images.version && images.folders.includes(folderOf(path));
}

async function isOpenImage(path: MediaPath, delivery: Delivery): Promise<boolean> {
  const cached = videos.get(path.videoId);
  const now = Date.now();
  if (!cached || now - cached.readAt >= CACHE_TTL_VIDEO_MS) {
    const images = await askOpenImages(path.videoId, delivery, 0);
    if (isAmong(images, path)) return true;
    // The cache may be older than a poster that was just chosen.
    return isAmong(await askOpenImages(path.videoId, delivery, now), path);
  }
  if (isAmong(cached, path)) return true;
  if (now - cached.rereadAt < MIN_REREAD_INTERVAL_MS) return false;
  return isAmong(await askOpenImages(path.videoId, delivery, now), path);
}

/** Serves `/images/{videoId}/{version}/{path}`: poster, storyboard and preview of public videos, to everyone. */
export function handleImages(
  request: Request,
  pathname: string,
  delivery: Delivery,
): Promise<Response> {
  return serveRead(request, async () => {
    const path = parseMediaPath(pathname.slice("/images/".length));
    // A hidden video gets the same answer as one that does not exist.
    if (!path || !(await isOpenImage(path, delivery))) throw problemOf(404);
    const stored = await fetchStored(path, delivery.ctx);
    const response = new Response(stored.body, stored);
    const cacheControl = stored.headers.get("cache-control")!;
    response.headers.set("cache-control", cacheControl.replace("private", "public"));
    return passOn(request, response);
  });
}
