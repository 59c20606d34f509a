import { handleMedia } from "./media/gate.ts";
import { handleImages } from "./media/images.ts";

export { Runner, TaskStorage } from "./jobs/runner.ts";
export { Media } from "./media/entrypoint.ts";

/**
 * Delivery comes before the API: no middleware of it has anything to do with a segment. What else the Worker does is
 * evaluated by the first call that needs it, so that an isolate which only delivers starts without the API and its
 * auth library (docs/decisions/275-lazy-api.md).
 */
export default {
  fetch: (request, env, ctx) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/media/")) return handleMedia(request, pathname, env, ctx);
    if (pathname.startsWith("/images/")) return handleImages(request, pathname, env, ctx);
    return import("./app.ts").then(({ app }) => app.fetch(request, env, ctx));
  },
  queue: async (batch, env) => (await import("./jobs/consume.ts")).consume(batch, env),
  scheduled: async (_controller, env) => (await import("./jobs/sweep.ts")).sweep(env),
} satisfies ExportedHandler<Env>;
