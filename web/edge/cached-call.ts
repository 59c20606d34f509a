/** The context that Pages passes to a function, as far as we use it. */
export interface PagesContext<Param extends string = never> {
  request: Request;
  params: Record<Param, string>;
  env: {
    API: { fetch(request: Request): Promise<Response> };
    ASSETS: { fetch(request: Request): Promise<Response> };
  };
  waitUntil(promise: Promise<unknown>): void;
}

/** How long a response of the Worker is reused: long enough for a link that spreads, short enough for a correction. */
const CACHE_TTL_SECONDS = 60;

/**
 * A GET to the Worker without the visitor's credentials, answered from Cloudflare's cache if possible: the response
 * must be the same for everyone. Errors are not cached.
 * @param path of the API
 */
export async function cachedCall(
  {
    env,
    request,
    waitUntil,
  }: Pick<PagesContext, "request" | "waitUntil"> & {
    env: Pick<PagesContext["env"], "API">;
  },
  path: string,
  ttlSeconds: number = CACHE_TTL_SECONDS,
): Promise<Response> {
  const url = new URL(path, request.url).href;
  // Cloudflare's own cache, which is missing in the types of browsers.
  const cache = (caches as unknown as { default: Cache }).default;
  const cached = await cache.match(url);
  if (cached) return cached;
  // The Worker limits requests by address.
  const address = request.headers.get("cf-connecting-ip");
  const response = await env.API.fetch(
    new Request(url, address === null ? {} : { headers: { "cf-connecting-ip": address } }),
  );
  if (!response.ok) return response;
  const copy = new Response(response.clone().body, response);
  copy.headers.set("cache-control", `public, max-age=${ttlSeconds}`);
  waitUntil(cache.put(url, copy));
  return response;
}
