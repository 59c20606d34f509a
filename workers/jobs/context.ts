import { type Catalog, catalog } from "../db/client.ts";
import { type Transcoder, transcoderOf } from "./transcoder.ts";

/** What background work may use; tests bring their own transcoder. */
export interface JobContext {
  env: Env;
  db: Catalog;
  transcoder: Transcoder;
}

export const createJobContext = (env: Env): JobContext => ({
  env,
  db: catalog(env),
  transcoder: transcoderOf(env),
});
