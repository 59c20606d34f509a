import { app } from "./app.ts";
import { consume } from "./jobs/consume.ts";
import { sweep } from "./jobs/sweep.ts";
import { handleMedia } from "./media/gate.ts";
import { handleImages } from "./media/images.ts";

export { Runner, TaskStorage } from "./jobs/runner.ts";
export { Media } from "./media/entrypoint.ts";

const DELIVERY = { "/media/": handleMedia, "/images/": handleImages };

export default {
  // Delivery comes before the API: no middleware of it has anything to do with a segment.
  fetch: (request, env, ctx) => {
    const { pathname } = new URL(request.url);
    const [, deliver] =
      Object.entries(DELIVERY).find(([prefix]) => pathname.startsWith(prefix)) ?? [];
    return deliver ? deliver(request, env, ctx) : app.fetch(request, env, ctx);
  },
  queue: consume,
  scheduled: (_controller, env) => sweep(env),
} satisfies ExportedHandler<Env>;
