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

interface OpenImages {
  version: number;
  /** Folders below the version that hold the poster, the storyboard and the preview. */
  folders: string[];
  readAt: number;
}

const videos = new RecentCache<OpenImages>(MAX_CACHED_VIDEOS);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** The folders of a video that are open to everyone: none unless it is public, watchable and not deleted. */
async function openImages(videoId: string, catalog: MediaCatalog): Promise<OpenImages> {
  const cached = videos.get(videoId);
  if (cached && Date.now() - cached.readAt < CACHE_TTL_VIDEO_MS) return cached;
  const video = await catalogRead(() => catalog.findVideo(videoId));
  const isOpen = video && video.deletedAt === null && hasOpenImages(video);
  const paths = isOpen ? [video.posterPath, video.storyboardPath, video.previewPath] : [];
  const folders = paths.filter((path) => path !== null).map(folderOf);
  const images = { version: video?.version ?? 0, folders, readAt: Date.now() };
  videos.set(videoId, images);
  return images;
}

function isAmong(images: OpenImages, { kind, version, path }: MediaPath): boolean {
  return kind === "file" && version === images.version && images.folders.includes(folderOf(path));
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
    if (!path || !isAmong(await openImages(path.videoId, catalog), path)) throw problemOf(404);
    const stored = await fetchStored(path, ctx);
    const response = new Response(stored.body, stored);
    const cacheControl = stored.headers.get("cache-control")!;
    response.headers.set("cache-control", cacheControl.replace("private", "public"));
    return passOn(request, response);
  });
}
