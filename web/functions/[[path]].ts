import { cachedCall, type PagesContext } from "../edge/cached-call.ts";

/** Addresses below pages that have their own functions; none of them is a page. */
const BELOW_PAGES = /^\/(watch|embed|category|tag|creator|playlist)\//;
/** Seconds that a sitemap is cached: making one reads many rows. */
const SITEMAP_TTL_SECONDS = 3600;

/** The same problem (RFC 9457) with which the Worker itself would respond. */
function unavailable(): Response {
  const body = {
    type: "https://kinora.dev/problems/unavailable",
    title: "Temporarily unavailable",
    status: 503,
    code: "unavailable",
    detail: "The service is temporarily unavailable. Try again in a moment.",
  };
  const headers = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "retry-after": "2",
  };
  return Response.json(body, { status: 503, headers });
}

/**
 * Forwards a request unchanged to the Worker through the service binding, so that site and API share one origin even on
 * a bare `pages.dev` domain. `public/_routes.json` lists the paths that arrive here; everything else is static.
 */
export async function onRequest(context: PagesContext): Promise<Response> {
  const { env, request } = context;
  const { pathname, search } = new URL(request.url);
  if (BELOW_PAGES.test(pathname)) return env.ASSETS.fetch(request);
  try {
    return await (/^\/sitemap(\.xml|s\/)/.test(pathname) && request.method === "GET"
      ? cachedCall(context, pathname + search, SITEMAP_TTL_SECONDS)
      : env.API.fetch(request));
  } catch (error) {
    console.error(`The Worker failed: ${String(error)}`);
    return unavailable();
  }
}
