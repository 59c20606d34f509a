import { catalogReplica } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import type { MediaContext } from "./admission.ts";
import { deliver, deliverable, refuse } from "./deliver.ts";
import { answerMethod, fetchMedia, problemOf } from "./gate.ts";
import { type MediaPath, parseMediaPath } from "./media-path.ts";
import { hasOpenImages } from "./urls.ts";

/** Milliseconds that an isolate believes what it read of a video, at most how long hidden pictures stay up. */
const BELIEVED = 30_000;
const REMEMBERED = 2000;

interface OpenImages {
  version: number;
  /** Folders below the version in which the poster, the storyboard and the preview lie. */
  folders: string[];
  readAt: number;
}

const remembered = new Map<string, OpenImages>();

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** Which folders of a video anyone may look into; none of a video that is not public, watchable and there. */
async function openImages(videoId: string, env: Env): Promise<OpenImages> {
  const known = remembered.get(videoId);
  if (known && Date.now() - known.readAt < BELIEVED) return known;
  const video = await findVideo(catalogReplica(env), videoId);
  const open = video && video.deletedAt === null && hasOpenImages(video);
  const paths = open ? [video.posterPath, video.storyboardPath, video.previewPath] : [];
  const folders = paths.filter((path) => path !== null).map(folderOf);
  const entry = { version: video?.version ?? 0, folders, readAt: Date.now() };
  if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value!);
  remembered.set(videoId, entry);
  return entry;
}

const isOpen = (path: MediaPath, open: OpenImages): boolean =>
  path.kind === "file" &&
  path.version === open.version &&
  open.folders.includes(folderOf(path.path));

/** `/images/{videoId}/{version}/{path}`: poster, storyboard and preview of public videos, for everyone and for ever. */
export async function handleImages(
  request: Request,
  env: Env,
  ctx: MediaContext,
): Promise<Response> {
  try {
    const answer = answerMethod(request);
    if (answer) return answer;
    const path = parseMediaPath(new URL(request.url).pathname.slice("/images/".length));
    // Of a hidden video no more is said than of one that does not exist.
    if (!path || !isOpen(path, await openImages(path.videoId, env))) throw problemOf(404);
    return await deliver(request, deliverable(await fetchMedia(path, ctx), "public"));
  } catch (error) {
    return refuse(error);
  }
}
