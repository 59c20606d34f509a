import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { BIN, ROOT } from "../dev/settings.ts";

/** Runs wrangler for an account. */
export interface Wrangler {
  /** @throws Error when it fails; its output has been shown */
  run(args: string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<void>;
  /** The same for a command that creates a version. @returns its id */
  uploadVersion(args: string[]): Promise<string>;
}

/** What wrangler writes to WRANGLER_OUTPUT_FILE_PATH, one JSON object per line. */
const VersionUploaded = z.object({ type: z.literal("version-upload"), version_id: z.string() });

/** The id of the version that wrangler has uploaded, from its output. @throws Error when there is none */
export function versionIn(output: string): string {
  for (const line of output.split("\n")) {
    const entry = VersionUploaded.safeParse(line === "" ? null : JSON.parse(line));
    if (entry.success) return entry.data.version_id;
  }
  throw new Error("wrangler did not say which version it has uploaded.");
}

export function wranglerOf(credentials: { account: string; token: string }): Wrangler {
  const run: Wrangler["run"] = async (args, { cwd = ROOT, env = {} } = {}) => {
    const child = spawn(join(BIN, "wrangler"), args, {
      cwd,
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
        CLOUDFLARE_ACCOUNT_ID: credentials.account,
        CLOUDFLARE_API_TOKEN: credentials.token,
        WRANGLER_SEND_METRICS: "false",
        // No questions are asked, because the plan has been confirmed.
        CI: "1",
        ...env,
      },
    });
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`wrangler ${args[0] ?? ""} ${args[1] ?? ""} failed.`);
  };
  return {
    run,
    async uploadVersion(args) {
      const folder = await mkdtemp(join(tmpdir(), "kinora-wrangler-"));
      const file = join(folder, "output.ndjson");
      try {
        await run(args, { env: { WRANGLER_OUTPUT_FILE_PATH: file } });
        return versionIn(await readFile(file, "utf8"));
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}
