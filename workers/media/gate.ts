import { AppError } from "../domain/errors.ts";
import { count } from "../count.ts";
import { admit, type Delivery, invalidPlaybackToken, type MediaRequest } from "./admission.ts";
import { catalogRead } from "./catalog-read.ts";
import { openContentKey } from "./content-key.ts";
import { contentType } from "./content-type.ts";
import { compressed, deliver, passOn, redirect, serveRead, wantsWhole } from "./deliver.ts";
import {
  type MediaPath,
  parseEntryPath,
  parseMediaPath,
  splitToken,
  storedUrl,
} from "./media-path.ts";
import { noteMissing } from "./missing-objects.ts";
import { noteFetch } from "./session-fetches.ts";
import { EVENT_FOLDER, publicationFolder, servedKey } from "./storage-keys.ts";
import { mediaUrl } from "./urls.ts";

/** Downloads are large and rarely fetched twice in one region: they are read from R2 in ranges, without the cache. */
async function serveDownload(
  request: Request,
  media: MediaPath,
  { env, catalog }: Delivery,
): Promise<Response> {
  const { videoId, version, path } = media;
  const key = servedKey(videoId, version, path);
  const head = await env.MEDIA.head(key);
  if (!head) {
    await noteMissing(media, catalog);
    throw problemOf(404);
  }
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

/** Serves the key of an encrypted version's segments: once per playback, never cached, never under a public URL. */
async function serveContentKey(
  request: Request,
  { videoId, version }: MediaPath,
  { env, catalog }: Delivery,
): Promise<Response> {
  const wrapped = await catalogRead(() => catalog.findContentKey(videoId, version));
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

/**
 * Fetches a whole object through the cached entrypoint, under a URL that names no viewer.
 * @throws AppError not_found, storage_unavailable
 */
export async function fetchStored(path: MediaPath, ctx: Delivery["ctx"]): Promise<Response> {
  count("cache.lookups", { entry: "media" });
  const stored = await ctx.exports.Media.fetch(storedUrl(path));
  if (stored.status !== 200) throw problemOf(stored.status);
  return withoutCacheHeader(stored);
}

/**
 * Removes the header that is for our own cache. Workers Cache removes it too, but not on every path: a cache between us and
 * the viewer that follows RFC 9213 would keep what a token protects.
 */
function withoutCacheHeader(stored: Response): Response {
  if (!stored.headers.has("cloudflare-cdn-cache-control")) return stored;
  const response = new Response(stored.body, stored);
  response.headers.delete("cloudflare-cdn-cache-control");
  return response;
}

/** The error for a status of the entrypoint, whose refusals tell no more than that. */
export function problemOf(status: number): AppError {
  return status === 404
    ? new AppError("not_found", "This video has no such file.")
    : new AppError("storage_unavailable", "The storage does not answer. Try again.");
}

/** Sends a player that knows only the video's id to its current playlists. Everything they name has a version. */
async function redirectToPlaylists(
  token: string,
  { videoId, name }: { videoId: string; name: string },
  catalog: Delivery["catalog"],
): Promise<Response> {
  const video = await catalogRead(() => catalog.findVideo(videoId));
  if (!video || (video.state !== "ready" && video.state !== "playable")) throw problemOf(404);
  const folder = video.state === "ready" ? publicationFolder(video.publication) : EVENT_FOLDER;
  return redirect(mediaUrl(token, videoId, video.version, `${folder}/${name}`));
}

/** Each makes the Worker read D1 or render, and a player needs few: a live playlist every two seconds. */
const LIMITED_KINDS: ReadonlySet<MediaPath["kind"]> = new Set([
  "key",
  "playlist",
  "live-playlist",
  "caption-segment",
  "encrypted-frame",
]);

/** A rate for text that long videos need much of: 200 bytes of playlists for each segment of a rendition. */
const COMPRESSED_KINDS: ReadonlySet<MediaPath["kind"]> = new Set([
  "playlist",
  "live-playlist",
  "captions",
  "caption-segment",
]);

/** @throws AppError rate_limited */
async function limitSession(sessionId: string, env: Env): Promise<void> {
  const { success } = await env.PLAYLIST_LIMIT.limit({ key: sessionId });
  if (!success)
    throw new AppError(
      "rate_limited",
      "Too many requests for playlists, captions, single frames or keys. Wait a minute.",
      {
        headers: { "retry-after": "60" },
      },
    );
}

/** Counts the outcome of a request: served, or why not. */
async function countVerdict(serve: () => Promise<Response>): Promise<Response> {
  try {
    const response = await serve();
    count("gate.requests", { verdict: "served" });
    return response;
  } catch (error) {
    const verdict = error instanceof AppError ? error.code : "internal";
    count("gate.requests", { verdict });
    throw error;
  }
}

/**
 * Serves `/media/{token}/{videoId}/{version}/{path}` to requests with a valid token for exactly this media. Cookies and
 * the token are not passed on. A refusal reveals nothing about the video.
 */
export function handleMedia(
  request: MediaRequest,
  pathname: string,
  delivery: Delivery,
): Promise<Response> {
  return serveRead(request, () => countVerdict(() => serveGated(request, pathname, delivery)));
}

async function serveGated(
  request: MediaRequest,
  pathname: string,
  delivery: Delivery,
): Promise<Response> {
  const split = splitToken(pathname);
  if (!split) throw invalidPlaybackToken();
  const { token, rest } = split;
  const claims = await admit(request, token, delivery);

  const entry = parseEntryPath(rest);
  if (entry?.videoId === claims.sub) return redirectToPlaylists(token, entry, delivery.catalog);
  const path = parseMediaPath(rest);
  if (path?.videoId !== claims.sub) throw invalidPlaybackToken();
  if (claims.ver !== undefined && claims.ver !== path.version) throw invalidPlaybackToken();
  if (claims.images && path.kind !== "file") throw invalidPlaybackToken();
  if (LIMITED_KINDS.has(path.kind)) await limitSession(claims.sid, delivery.env);
  if (path.kind === "download") {
    if (!claims.download) throw invalidPlaybackToken();
    if (request.method === "GET") noteFetch(claims, path, delivery);
    return serveDownload(request, path, delivery);
  }
  if (path.kind === "key") return serveContentKey(request, path, delivery);
  const stored = await fetchStored(path, delivery.ctx);
  // Players do not request part of a segment.
  if (path.kind === "segment" && wantsWhole(request)) noteFetch(claims, path, delivery);
  const response = await passOn(request, stored);
  return COMPRESSED_KINDS.has(path.kind) ? compressed(request, response) : response;
}
