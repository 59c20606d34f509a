import { catalogReplica } from "../db/client.ts";
import { getTranscode } from "../db/outcomes.ts";
import { findVideo } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { admit, invalidPlaybackToken, type MediaContext, type MediaRequest } from "./admission.ts";
import { catalogRead } from "./catalog-read.ts";
import { openContentKey } from "./content-key.ts";
import { contentType } from "./content-type.ts";
import { deliver, passOn, redirect, serveRead } from "./deliver.ts";
import { publicationFolder, servedKey } from "./keys.ts";
import {
  type MediaPath,
  parseEntryPath,
  parseMediaPath,
  splitToken,
  storedUrl,
} from "./media-path.ts";
import { mediaUrl } from "./urls.ts";

/** Films to keep are large and rarely fetched twice in one place: read in ranges from R2, past the cache. */
async function download(
  request: Request,
  { videoId, version, path }: MediaPath,
  env: Env,
): Promise<Response> {
  const key = servedKey(videoId, version, path);
  const head = await env.MEDIA.head(key);
  if (!head) throw problemOf(404);
  return deliver(request, {
    size: head.size,
    etag: head.httpEtag,
    contentType: contentType(path),
    cacheControl: "private, no-store",
    headers: {
      "content-disposition": `attachment; filename="${path.slice(path.lastIndexOf("/") + 1)}"`,
    },
    open: async (range) => {
      const object = await env.MEDIA.get(key, range ? { range } : {});
      if (!object) throw problemOf(503);
      return object.body;
    },
  });
}

/** The key of an encrypted version's segments: once a playback, never cached, never under a public URL. */
async function contentKey(
  request: Request,
  { videoId, version }: MediaPath,
  env: Env,
): Promise<Response> {
  const transcode = await catalogRead(() =>
    getTranscode(catalogReplica(env), { videoId, version }),
  );
  const wrapped = transcode?.contentKey;
  if (!wrapped) throw problemOf(404);
  const key = await openContentKey(env, wrapped);
  return deliver(request, {
    size: key.byteLength,
    etag: '"key"',
    contentType: "application/octet-stream",
    cacheControl: "private, no-store",
    open: async () => key,
  });
}

/** Fetches a whole object through the cached entrypoint, under a URL that names no viewer. */
export async function fetchMedia(path: MediaPath, ctx: MediaContext): Promise<Response> {
  const stored = await ctx.exports.Media.fetch(storedUrl(path));
  if (stored.status !== 200) throw problemOf(stored.status);
  return stored;
}

/** The entrypoint's refusals carry no more than their status. */
export const problemOf = (status: number): AppError =>
  status === 404
    ? new AppError("not_found", "There is no such file of this video.")
    : new AppError("storage_unavailable", "The storage does not answer. Try again.");

/** Sends a player that knows only the video to the playlists it has now; everything below them is versioned. */
async function redirectToLists(
  token: string,
  { videoId, name }: { videoId: string; name: string },
  env: Env,
): Promise<Response> {
  const video = await catalogRead(() => findVideo(catalogReplica(env), videoId));
  if (!video || (video.state !== "ready" && video.state !== "playable")) throw problemOf(404);
  const folder = video.state === "ready" ? publicationFolder(video.publication) : "event";
  const location = mediaUrl(token, videoId, video.version, `${folder}/${name}`);
  return redirect(location);
}

/**
 * `/media/{token}/{videoId}/{version}/{path}`: lets in who holds a valid grant for exactly this. Cookies and the
 * token stay here; what goes on is the bare path. Every refusal is a problem that tells nothing of the video.
 */
export const handleMedia = (
  request: MediaRequest,
  pathname: string,
  env: Env,
  ctx: MediaContext,
): Promise<Response> =>
  serveRead(request, async () => {
    const split = splitToken(pathname);
    if (!split) throw invalidPlaybackToken();
    const claims = await admit(request, split.token, env, ctx);

    const entry = parseEntryPath(split.rest);
    if (entry?.videoId === claims.sub) return redirectToLists(split.token, entry, env);
    const path = parseMediaPath(split.rest);
    if (path?.videoId !== claims.sub) throw invalidPlaybackToken();
    if (claims.ver !== undefined && claims.ver !== path.version) throw invalidPlaybackToken();
    if (claims.images && path.kind !== "file") throw invalidPlaybackToken();
    if (path.kind === "download") {
      if (!claims.download) throw invalidPlaybackToken();
      return download(request, path, env);
    }
    if (path.kind === "key") return contentKey(request, path, env);
    return passOn(request, await fetchMedia(path, ctx));
  });
