import { resolve } from "node:path";
import { ApiClient } from "../api-client.ts";
import { readCommandLine, refuseCommandLine } from "../command-line.ts";

/** How long to wait for a rate limit or a restart of the instance. */
const RETRY_MS = 180_000;

interface Transfer {
  api: ApiClient;
  folder: string;
  renditions: boolean;
}

/**
 * Reads `--url https://… --token kin_… --folder …`; the token may stand in KINORA_TOKEN instead, where the list of processes does
 * not show it.
 */
export function transferOf(usage: string, env: NodeJS.ProcessEnv): Transfer {
  const { values: given } = readCommandLine(usage, {
    options: {
      url: { type: "string" },
      token: { type: "string" },
      folder: { type: "string", default: "kinora-export" },
      renditions: { type: "boolean", default: false },
    },
  });
  const token = given.token ?? env["KINORA_TOKEN"];
  if (!given.url || !URL.canParse(given.url))
    refuseCommandLine(
      "--url must be the address of the site, such as https://video.example.com.",
      usage,
    );
  if (!token) refuseCommandLine("There is no token: give --token, or set KINORA_TOKEN.", usage);
  const api = new ApiClient(new URL(given.url).origin, { retryMs: RETRY_MS });
  api.useToken(token);
  return { api, folder: resolve(given.folder), renditions: given.renditions };
}
