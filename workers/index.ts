import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { app } from "./app.ts";

export class Runner extends DurableObject<Env> {}
export class Media extends WorkerEntrypoint<Env> {}

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<Env>;
