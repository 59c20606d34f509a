import { type Catalog, catalog } from "../db/client.ts";
import { type Transcoder, transcoderOf } from "./transcoder.ts";

/** What the jobs work with. Tests bring a transcoder of their own. */
export interface JobContext {
  env: Env;
  db: Catalog;
  transcoder: Transcoder;
}

export function createJobContext(env: Env): JobContext {
  return { env, db: catalog(env), transcoder: transcoderOf(env) };
}
