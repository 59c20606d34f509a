import type { Delivery } from "./admission.ts";
import { catalogRead } from "./catalog-read.ts";
import { passOn, serveRead } from "./deliver.ts";
import { fetchStored, problemOf } from "./gate.ts";
import type { MediaCatalog } from "./media-catalog.ts";
import { type MediaPath, parseMediaPath } from "./media-path.ts";
import { RecentCache } from "./recent-cache.ts";
import { hasOpenImages } from "./urls.ts";

/** How long an isolate uses what it read about a video: the images of a video that was hidden stay up this long. */
const CACHE_TTL_VIDEO_MS = 30_000;
const MAX_CACHED_VIDEOS = 1000;
/**
 * A creator has just chosen another poster when a folder is not among the cached ones, or somebody guesses. The catalogue is
 * read again for it, at most this often per video.
 */
const MIN_REREAD_INTERVAL_MS = 1000;

interface OpenImages {
  version: number;
  /** Folders below the version that hold the poster, the storyboard and the preview. */
  folders: string[];
  readAt: number;
  /** When the catalogue was last read because a folder was not among these; 0 for never. */
  rereadAt: number;
}

const videos = new RecentCache<OpenImages>(MAX_CACHED_VIDEOS);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** The folders of a video that are open to everyone: none unless it is public, watchable and not deleted. */
async function readOpenImages(
  videoId: string,
  catalog: MediaCatalog,
  rereadAt: number,
): Promise<OpenImages> {
  const video = await catalogRead(() => catalog.findVideo(videoId));
  const isOpen = video && hasOpenImages(video);
  const paths = isOpen ? [video.posterPath, video.storyboardPath, video.previewPath] : [];
  const folders = paths.filter((path) => path !== null).map(folderOf);
  const images = { version: video?.version ?? 0, folders, readAt: Date.now(), rereadAt };
  videos.set(videoId, images);
  return images;
}

function isAmong(images: OpenImages, { kind, version, path }: MediaPath): boolean {
  return kind === "file" && version === images.version && images.folders.includes(folderOf(path));
}

async function isOpenImage(path: MediaPath, catalog: MediaCatalog): Promise<boolean> {
  const cached = videos.get(path.videoId);
  const now = Date.now();
  if (!cached || now - cached.readAt >= CACHE_TTL_VIDEO_MS)
    return isAmong(await readOpenImages(path.videoId, catalog, 0), path);
  if (isAmong(cached, path)) return true;
  if (now - cached.rereadAt < MIN_REREAD_INTERVAL_MS) return false;
  return isAmong(await readOpenImages(path.videoId, catalog, now), path);
}

/** Serves `/images/{videoId}/{version}/{path}`: poster, storyboard and preview of public videos, to everyone. */
export function handleImages(
  request: Request,
  pathname: string,
  { ctx, catalog }: Delivery,
): Promise<Response> {
  return serveRead(request, async () => {
    const path = parseMediaPath(pathname.slice("/images/".length));
    // A hidden video gets the same answer as one that does not exist.
    if (!path || !(await isOpenImage(path, catalog))) throw problemOf(404);
    const stored = await fetchStored(path, ctx);
    const response = new Response(stored.body, stored);
    const cacheControl = stored.headers.get("cache-control")!;
    response.headers.set("cache-control", cacheControl.replace("private", "public"));
    return passOn(request, response);
  });
}
