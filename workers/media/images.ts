import { catalogReplica } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import type { MediaContext } from "./admission.ts";
import { catalogRead } from "./catalog-read.ts";
import { passOn, serveRead } from "./deliver.ts";
import { fetchMedia, problemOf } from "./gate.ts";
import { type MediaPath, parseMediaPath } from "./media-path.ts";
import { Recent } from "./recent.ts";
import { hasOpenImages } from "./urls.ts";

/** Milliseconds that an isolate believes what it read of a video, at most how long hidden pictures stay up. */
const BELIEVED = 30_000;
const REMEMBERED = 1000;

interface OpenImages {
  version: number;
  /** Folders below the version in which the poster, the storyboard and the preview lie. */
  folders: string[];
  readAt: number;
}

const remembered = new Recent<OpenImages>(REMEMBERED);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** Which folders of a video anyone may look into; none of a video that is not public, watchable and there. */
async function openImages(videoId: string, env: Env): Promise<OpenImages> {
  const known = remembered.get(videoId);
  if (known && Date.now() - known.readAt < BELIEVED) return known;
  const video = await catalogRead(() => findVideo(catalogReplica(env), videoId));
  const open = video && video.deletedAt === null && hasOpenImages(video);
  const paths = open ? [video.posterPath, video.storyboardPath, video.previewPath] : [];
  const folders = paths.filter((path) => path !== null).map(folderOf);
  const entry = { version: video?.version ?? 0, folders, readAt: Date.now() };
  remembered.set(videoId, entry);
  return entry;
}

const isOpen = (path: MediaPath, open: OpenImages): boolean =>
  path.kind === "file" &&
  path.version === open.version &&
  open.folders.includes(folderOf(path.path));

/** `/images/{videoId}/{version}/{path}`: poster, storyboard and preview of public videos, for everyone and for ever. */
export const handleImages = (
  request: Request,
  pathname: string,
  env: Env,
  ctx: MediaContext,
): Promise<Response> =>
  serveRead(request, async () => {
    const path = parseMediaPath(pathname.slice("/images/".length));
    // Of a hidden video no more is said than of one that does not exist.
    if (!path || !isOpen(path, await openImages(path.videoId, env))) throw problemOf(404);
    const stored = await fetchMedia(path, ctx);
    const open = new Response(stored.body, stored);
    const lifetime = stored.headers.get("cache-control")!;
    open.headers.set("cache-control", lifetime.replace("private", "public"));
    return passOn(request, open);
  });
