import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ApiClient } from "../api-client.ts";

/** A rate limit or a restart of the instance is waited for. */
const RETRY_MS = 180_000;

interface Transfer {
  api: ApiClient;
  folder: string;
  renditions: boolean;
}

/**
 * Reads `--url https://… --token kin_… --folder …`; the token may stand in KINORA_TOKEN instead, where the list of processes does
 * not show it.
 * @returns null where something is missing
 */
export function transferOf(values: string[], env: NodeJS.ProcessEnv): Transfer | null {
  const { values: given } = parseArgs({
    args: values,
    options: {
      url: { type: "string" },
      token: { type: "string" },
      folder: { type: "string", default: "kinora-export" },
      renditions: { type: "boolean", default: false },
    },
  });
  const token = given.token ?? env["KINORA_TOKEN"];
  if (!given.url || !token || !URL.canParse(given.url)) return null;
  const api = new ApiClient(new URL(given.url).origin, { retryMs: RETRY_MS });
  api.useToken(token);
  return { api, folder: resolve(given.folder), renditions: given.renditions };
}
