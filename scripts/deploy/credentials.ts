import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { BIN, ROOT } from "../dev/settings.ts";

/**
 * The API token: CLOUDFLARE_API_TOKEN, or the token of `wrangler login`.
 * @throws Error that says how to get one
 */
export function apiToken(environment: NodeJS.ProcessEnv): string {
  const given = environment["CLOUDFLARE_API_TOKEN"];
  if (given) return given;
  try {
    const output = execFileSync(join(BIN, "wrangler"), ["auth", "token"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: {
        ...environment,
        PATH: `${BIN}:${environment["PATH"] ?? ""}`,
        WRANGLER_HIDE_BANNER: "true",
      },
    });
    // The token is the last line: notices may precede it.
    const token = stripVTControlCharacters(output).trim().split("\n").at(-1)?.trim() ?? "";
    if (/^[\w.-]{20,}$/.test(token)) return token;
  } catch {
    // Not signed in; the error below says so.
  }
  throw new Error(
    "There is no access to Cloudflare. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN (docs/operations.md lists its permissions).",
  );
}
