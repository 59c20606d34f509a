import type { Publication } from "../contract/publications.ts";
import { readPublication } from "./stored-publication.ts";
import { cutCaptions, parseCaptionSegmentPath } from "../domain/captions/caption-segments.ts";
import { parseEncryptedFrame } from "../domain/tasks/segment-names.ts";
import { AppError } from "../domain/errors.ts";
import { log } from "../log.ts";
import { problemResponse } from "../problem.ts";
import { encryptedStart, encryptedStartSize, openContentKey } from "./content-key.ts";
import { contentType } from "./content-type.ts";
import { headersOf } from "./deliver.ts";
import type { MediaCatalog } from "./media-catalog.ts";
import { type MediaPath, parseStoredUrl } from "./media-path.ts";
import { noteMissing } from "./missing-objects.ts";
import { renderLive } from "./playlists/render.ts";
import { EVENT_FOLDER, publicationIndexKey, servedKey } from "./storage-keys.ts";

/** Cache header for immutable files: segments, final playlists, files. */
const IMMUTABLE = "max-age=31536000, immutable";
/** An EVENT playlist may lag two seconds behind the encoder. */
const LIVE = "max-age=2";

/**
 * Headers as the viewer gets them. Behind the gate no other cache may keep the response, or it would still serve it after
 * the token has expired. Our own cache may: its own header, which it removes again, takes precedence over `Cache-Control`
 * (RFC 9213; developers.cloudflare.com/workers/cache/configuration, "Header precedence").
 */
export function storedHeaders(
  lifetime: string,
  object: { size: number; etag: string; contentType: string },
): Record<string, string> {
  return headersOf({
    ...object,
    cacheControl: `private, ${lifetime}`,
    headers: { "cloudflare-cdn-cache-control": `public, ${lifetime}` },
  });
}

/**
 * The cached half of delivery, which only the gate calls. Its URL (`storedUrl`) names no viewer, so all viewers share one
 * cache entry. It answers with whole objects only: Workers Cache stores no 206, and would keep an error that has no
 * Cache-Control.
 */
export async function serveStored(
  request: Request,
  env: Env,
  catalog: MediaCatalog,
): Promise<Response> {
  try {
    const path = parseStoredUrl(request.url);
    const response = path && (await responseOf(path, env, catalog));
    if (path && !response) await noteMissing(path, catalog);
    return response ?? problemResponse(new AppError("not_found", "This video has no such file."));
  } catch (error) {
    log("media.failed", { error });
    return problemResponse(
      new AppError("storage_unavailable", "The storage does not answer. Try again."),
    );
  }
}

/** Null for what does not exist. */
function responseOf(path: MediaPath, env: Env, catalog: MediaCatalog): Promise<Response | null> {
  switch (path.kind) {
    case "live-playlist":
      return livePlaylist(path, env, catalog);
    case "caption-segment":
      return captionSegment(path, env);
    case "encrypted-frame":
      return encryptedFrame(path, env, catalog);
    default:
      return storedObject(path, env);
  }
}

async function storedObject(
  { videoId, version, path }: MediaPath,
  env: Env,
): Promise<Response | null> {
  const object = await env.MEDIA.get(servedKey(videoId, version, path));
  if (!object) return null;
  return new Response(object.body, {
    headers: storedHeaders(IMMUTABLE, {
      size: object.size,
      etag: object.httpEtag,
      contentType: contentType(path),
    }),
  });
}

/** A response that is generated for the request. */
async function renderedResponse(
  content: string | Uint8Array<ArrayBuffer>,
  contentType: string,
  lifetime: string,
): Promise<Response> {
  const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const etag = `"${btoa(String.fromCharCode(...digest.subarray(0, 12)))}"`;
  const headers = storedHeaders(lifetime, { size: body.byteLength, etag, contentType });
  return new Response(body, { headers });
}

async function livePlaylist(
  { videoId, version, path }: MediaPath,
  env: Env,
  catalog: MediaCatalog,
): Promise<Response | null> {
  const publication = await newestPublication(videoId, version, env, catalog);
  const playlist = publication && renderLive(publication, path.slice(EVENT_FOLDER.length + 1));
  return playlist && renderedResponse(playlist.body, playlist.contentType, LIVE);
}

/** A track never changes under its key, so neither do its segments. */
async function captionSegment(
  { videoId, version, path }: MediaPath,
  env: Env,
): Promise<Response | null> {
  const segment = parseCaptionSegmentPath(path);
  const file = segment && (await env.MEDIA.get(servedKey(videoId, version, segment.track)));
  if (!file) return null;
  return renderedResponse(cutCaptions(await file.text(), segment), contentType(path), IMMUTABLE);
}

/** The leading I-frame of an encrypted segment, as an encrypted segment. */
async function encryptedFrame(
  { videoId, version, path }: MediaPath,
  env: Env,
  catalog: MediaCatalog,
): Promise<Response | null> {
  const frame = parseEncryptedFrame(path);
  const wrapped = frame && (await catalog.findContentKey(videoId, version));
  if (!wrapped) return null;
  const range = { offset: 0, length: encryptedStartSize(frame.bytes) };
  const object = await env.MEDIA.get(servedKey(videoId, version, frame.segment), { range });
  if (!object) return null;
  const key = await openContentKey(env, wrapped);
  const start = await encryptedStart(key, new Uint8Array(await object.arrayBuffer()), frame.bytes);
  return start && renderedResponse(start, contentType(path), IMMUTABLE);
}

/**
 * A player that started with the EVENT playlists keeps using them when the video is ready: they are then rendered from
 * the final record.
 */
async function newestPublication(
  videoId: string,
  version: number,
  env: Env,
  catalog: MediaCatalog,
): Promise<Publication | null> {
  const video = await catalog.findVideo(videoId);
  if (video?.version === version && video.publication > 0) {
    const key = publicationIndexKey(videoId, version, video.publication);
    const published = await readPublication(env, key);
    if (published) return published;
  }
  return catalog.loadLivePublication(videoId, version);
}
