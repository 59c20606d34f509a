interface Env {
  API: { fetch(request: Request): Promise<Response> };
}

/** RFC 9457, as the Worker itself would say it. */
const unavailable = (): Response =>
  Response.json(
    {
      type: "https://kinora.dev/problems/unavailable",
      title: "Temporarily unavailable",
      status: 503,
      code: "unavailable",
      detail: "The service does not answer. Try again in a moment.",
    },
    {
      status: 503,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "retry-after": "2",
      },
    },
  );

/**
 * Hands a request over to the Worker, unchanged, through the service binding: site and API share one origin
 * also on bare `pages.dev`. Which paths come here is said by `public/_routes.json`; the rest is static.
 */
export const onRequest = async ({
  env,
  request,
}: {
  env: Env;
  request: Request;
}): Promise<Response> => {
  try {
    return await env.API.fetch(request);
  } catch (error) {
    console.error(`The Worker failed: ${String(error)}`);
    return unavailable();
  }
};
