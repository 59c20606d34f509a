interface Env {
  API: { fetch(request: Request): Promise<Response> };
}

/**
 * Hands a request over to the Worker, unchanged, through the service binding: site and API share one origin
 * also on bare `pages.dev`. Which paths come here is said by `public/_routes.json`; the rest is static.
 */
export const onRequest = ({ env, request }: { env: Env; request: Request }): Promise<Response> =>
  env.API.fetch(request);
