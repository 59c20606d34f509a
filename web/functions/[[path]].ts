interface Env {
  API: { fetch(request: Request): Promise<Response> };
}

/** The same problem (RFC 9457) that the Worker itself would answer with. */
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
export async function onRequest({
  env,
  request,
}: {
  env: Env;
  request: Request;
}): Promise<Response> {
  try {
    return await env.API.fetch(request);
  } catch (error) {
    console.error(`The Worker failed: ${String(error)}`);
    return unavailable();
  }
}
