import { type Catalog, catalog } from "../db/client.ts";
import { type Transcoder, transcoderOf } from "./transcoder.ts";

/** What background work may use; tests bring their own transcoder. */
export interface Jobs {
  env: Env;
  db: Catalog;
  transcoder: Transcoder;
}

export const createJobs = (env: Env): Jobs => ({
  env,
  db: catalog(env),
  transcoder: transcoderOf(env),
});

/** One line of JSON for every event worth finding again. */
export function log(event: string, fields: Record<string, unknown>): void {
  console.log(JSON.stringify({ event, ...fields }));
}
