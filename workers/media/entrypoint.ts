import { WorkerEntrypoint } from "cloudflare:workers";
import { Publication } from "../contract/publication.ts";
import { catalogReplica } from "../db/client.ts";
import { loadLivePublication } from "../db/publication.ts";
import { findVideo } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { problemResponse } from "../problem.ts";
import { contentType } from "./content-type.ts";
import { headersOf } from "./deliver.ts";
import { publicationFolder, servedKey } from "./keys.ts";
import { type MediaPath, parseStoredUrl } from "./media-path.ts";
import { renderLive } from "./playlists/render.ts";

/** What never changes once it exists: segments, final lists, files. */
const IMMUTABLE = "max-age=31536000, immutable";
/** Seconds that an EVENT list may lag behind what has been encoded. */
const LIVE = "max-age=2";

/**
 * Headers as the viewer gets them. Behind the gate nobody else may keep the answer: it would be given when the grant
 * has ended. Only our own cache may, and its own header, which it takes out again, goes before `Cache-Control`
 * (RFC 9213; developers.cloudflare.com/workers/cache/configuration, "Header precedence").
 */
export const storedHeaders = (
  lifetime: string,
  object: { size: number; etag: string; contentType: string },
): Record<string, string> =>
  headersOf({
    ...object,
    cacheControl: `private, ${lifetime}`,
    headers: { "cloudflare-cdn-cache-control": `public, ${lifetime}` },
  });

/**
 * The cached half of delivery, called by the gate alone. Its URL (`storedUrl`) names no viewer, so all of them share
 * one cache entry, and it answers whole objects only: Workers Cache stores no 206, and would keep an error that has
 * no Cache-Control.
 */
export class Media extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    try {
      const path = parseStoredUrl(request.url);
      const found =
        path &&
        (path.kind === "live-playlist" ? await this.#livePlaylist(path) : await this.#object(path));
      return (
        found ?? problemResponse(new AppError("not_found", "There is no such file of this video."))
      );
    } catch (error) {
      console.error(JSON.stringify({ level: "error", event: "media", message: String(error) }));
      return problemResponse(
        new AppError("storage_unavailable", "The storage does not answer. Try again."),
      );
    }
  }

  async #object({ videoId, version, path }: MediaPath): Promise<Response | null> {
    const object = await this.env.MEDIA.get(servedKey(videoId, version, path));
    if (!object) return null;
    return new Response(object.body, {
      headers: storedHeaders(IMMUTABLE, {
        size: object.size,
        etag: object.httpEtag,
        contentType: contentType(path),
      }),
    });
  }

  async #livePlaylist({ videoId, version, path }: MediaPath): Promise<Response | null> {
    const publication = await this.#publication(videoId, version);
    const list = publication && renderLive(publication, path.slice("event/".length));
    if (!list) return null;
    const body = new TextEncoder().encode(list.body);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    return new Response(body, {
      headers: storedHeaders(LIVE, {
        size: body.byteLength,
        etag: `"${btoa(String.fromCharCode(...digest.subarray(0, 12)))}"`,
        contentType: list.contentType,
      }),
    });
  }

  /** Who began with the EVENT lists goes on with them when the film is finished, from the final record. */
  async #publication(videoId: string, version: number): Promise<Publication | null> {
    const db = catalogReplica(this.env);
    const video = await findVideo(db, videoId);
    if (video?.version !== version || video.publication === 0)
      return loadLivePublication(db, videoId, version);
    const key = servedKey(videoId, version, `${publicationFolder(video.publication)}/index.json`);
    const index = await this.env.MEDIA.get(key);
    return index
      ? Publication.parse(await index.json())
      : loadLivePublication(db, videoId, version);
  }
}
