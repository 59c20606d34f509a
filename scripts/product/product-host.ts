import { join } from "node:path";
import { unstable_startWorker as startWorker } from "wrangler";
import { localS3 } from "../dev/dev-vars.ts";
import { migrate } from "../dev/prepare.ts";
import { ROOT } from "../dev/settings.ts";

const SECRET = "only-for-this-run-only-for-this-run-only";

/** Creates the product's databases in the state after all migrations. @param state an empty folder */
export const createDatabases = (state: string): Promise<void> =>
  migrate(state, { ...process.env, CI: "1" });

export interface ProductOptions {
  /** Folder with the databases. */
  state: string;
  port: number;
  /** A Worker that wraps the product's, such as a benchmark's; by default the product's own. */
  entrypoint?: string;
  /** Variables that differ from wrangler.toml. */
  vars: Record<string, string>;
}

/** Starts the product's Worker in workerd, without runners: wake messages start nothing. */
export async function startProduct({ state, port, entrypoint, vars }: ProductOptions) {
  // The migrations are done; wrangler's build hook must not prepare the state of `wrangler dev`.
  process.env["KINORA_PREPARED"] = "true";
  const values = {
    MAX_RUNNERS: "0",
    S3_ENDPOINT: localS3(port),
    S3_ACCESS_KEY_ID: "kinora-local",
    S3_SECRET_ACCESS_KEY: "kinora-local-secret",
    BETTER_AUTH_SECRET: SECRET,
    PLAYBACK_TOKEN_SECRETS: SECRET,
    CONTENT_KEY_SECRETS: SECRET,
    TASK_SECRET: SECRET,
    ...vars,
  };
  const worker = await startWorker({
    config: join(ROOT, "wrangler.toml"),
    ...(entrypoint !== undefined && { entrypoint }),
    bindings: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { type: "plain_text", value }]),
    ),
    dev: {
      persist: state,
      server: { port },
      inspector: false,
      logLevel: "none",
      watch: false,
    },
  });
  await worker.ready;
  return { url: await worker.url, stop: () => worker.dispose() };
}
