import { z } from "zod";
import { PASS_HEADER } from "./access-pass.ts";

/** How long one response serves everyone. A video that was hidden is purged before (jobs/events.ts). */
const CACHE_TTL_SECONDS = 30;

/** Reads whose response depends on the URL alone while the caller has no account. */
const PUBLIC_READS =
  /^\/v1\/(?:feed|videos|videos\/[0-9A-Za-z]{22}\/related|playlists\/[0-9A-Za-z]{34})$/;

/** Cloudflare takes 16 KB of tags per response; a home page has about 5 KB of them. */
const MAX_TAGS = 500;

const Item = z.union([
  z.object({ id: z.string() }),
  z.object({ video: z.object({ id: z.string() }) }).transform(({ video }) => video),
]);
const Body = z.object({
  /** Id of a playlist. */
  id: z.string().optional(),
  items: z.array(Item).optional(),
  hero: Item.nullish(),
  rows: z.array(z.object({ items: z.array(Item) })).optional(),
});

/** The tag of all cached responses that show a video. */
export const tagOfVideo = (videoId: string): string => `video-${videoId}`;

export const tagOfPlaylist = (id: string): string => `playlist-${id}`;

/** The Worker's own entrypoints in a context; none in tests without the whole Worker. */
interface OwnEntrypoints {
  PublicReads?: { purgePlaylists: (ids: string[]) => Promise<void> };
}

/** Drops the cached responses with a playlist, after the caller has changed it. */
export function purgePlaylist(ctx: Pick<ExecutionContext, "waitUntil">, id: string): void {
  const { exports: own } = ctx as { exports?: OwnEntrypoints };
  // If it fails, the response is outdated for half a minute.
  if (own?.PublicReads) ctx.waitUntil(own.PublicReads.purgePlaylists([id]).catch(() => undefined));
}

/** Whether a request is an anonymous read that the cached entrypoint answers. */
export function isPublicRead({ method, headers }: Request, pathname: string): boolean {
  const isAnyone = !headers.has("authorization") && !headers.has(PASS_HEADER);
  return method === "GET" && isAnyone && PUBLIC_READS.test(pathname);
}

/**
 * The request for the entrypoint: it has nothing of the viewer except the address, by which the API limits requests
 * that it has to compute. The key of the cache is the URL alone.
 */
export function publicReadRequest(request: Request): Request {
  const address = request.headers.get("cf-connecting-ip");
  return new Request(request.url, { headers: address ? { "cf-connecting-ip": address } : {} });
}

/**
 * A response of the API with the headers by which the entrypoint's cache keeps it: a success for a while, under the tags of
 * the videos that it shows, and an error not at all. Without these headers Workers Cache would keep either for minutes.
 */
export async function cachedForAll(response: Response): Promise<Response> {
  if (response.status !== 200) return withHeaders(response, uncached);
  const body = Body.parse(await response.clone().json());
  const { items = [], rows = [], hero } = body;
  const shown = [...items, ...rows.flatMap((row) => row.items), ...(hero ? [hero] : [])];
  const ofPlaylist = body.id === undefined ? [] : [tagOfPlaylist(body.id)];
  const tags = [...ofPlaylist, ...new Set(shown.map((item) => tagOfVideo(item.id)))];
  if (tags.length > MAX_TAGS) return withHeaders(response, uncached);
  return withHeaders(response, (headers) => {
    headers.set("cloudflare-cdn-cache-control", `public, max-age=${CACHE_TTL_SECONDS}`);
    if (tags.length > 0) headers.set("cache-tag", tags.join(","));
    // It names one request, and this response answers many.
    headers.delete("x-request-id");
  });
}

/** The response for the viewer: caches in between must not store it, because a purge would not reach them. */
export function forViewer(cached: Response): Response {
  return withHeaders(cached, (headers) => {
    headers.delete("cloudflare-cdn-cache-control");
    headers.delete("cache-tag");
    headers.set("cache-control", "private, no-cache");
  });
}

function uncached(headers: Headers): void {
  headers.set("cloudflare-cdn-cache-control", "no-store");
}

function withHeaders(response: Response, change: (headers: Headers) => void): Response {
  const changed = new Response(response.body, response);
  change(changed.headers);
  return changed;
}
