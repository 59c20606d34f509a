import { WorkerEntrypoint } from "cloudflare:workers";
import { app } from "./app.ts";
import { consume } from "./jobs/consume.ts";
import { sweep } from "./jobs/sweep.ts";

export { Runner, TaskStorage } from "./jobs/runner.ts";
export class Media extends WorkerEntrypoint<Env> {}

export default {
  fetch: app.fetch,
  queue: consume,
  scheduled: (_controller, env) => sweep(env),
} satisfies ExportedHandler<Env>;
