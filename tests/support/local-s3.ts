import { type Miniflare, Response } from "miniflare";

/**
 * Answers requests of a Worker under test to its S3 endpoint with Miniflare's S3 API of the local bucket, which `wrangler
 * dev` serves at the same path. Other requests are refused, so that no test depends on the network.
 */
export async function localS3(request: Request, miniflare: Miniflare): Promise<Response> {
  const { pathname, search, host } = new URL(request.url);
  if (!pathname.startsWith("/cdn-cgi/local/r2/s3/"))
    return new Response(`no network in tests: ${request.url}`, { status: 599 });
  // The signature covers the host of the original request.
  const headers = { ...Object.fromEntries(request.headers), "MF-Original-Hostname": host };
  const body = request.body === null ? undefined : await request.arrayBuffer();
  const response = await fetch(new URL(pathname + search, await miniflare.ready), {
    method: request.method,
    headers,
    body,
  });
  const content = await response.arrayBuffer();
  return new Response(content.byteLength > 0 ? content : null, {
    status: response.status,
    headers: Object.fromEntries(response.headers),
  });
}
