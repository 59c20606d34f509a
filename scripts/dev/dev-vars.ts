import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, type Settings } from "./settings.ts";
import { newVapidKeys } from "./vapid-keys.ts";

/** The keys that wrangler.toml gives the S3 API of the local bucket; every other secret is generated. */
const LOCAL_S3: Record<string, string> = {
  S3_ACCESS_KEY_ID: "kinora-local",
  S3_SECRET_ACCESS_KEY: "kinora-local-secret",
};

/** Not used in production: it is empty in wrangler.toml. */
const RUNNER_SECRET = "LOCAL_RUNNER_SECRET";
const PUSH_KEYS = "VAPID_KEYS";

async function requiredNames(): Promise<string[]> {
  const names = /^\[secrets\]\nrequired = \[(.*?)\]/ms.exec(
    await readFile(join(ROOT, "wrangler.toml"), "utf8"),
  )?.[1];
  if (names === undefined) throw new Error("wrangler.toml has no [secrets] required");
  return Array.from(names.matchAll(/"(\w+)"/g), ([, name]) => name ?? "");
}

/**
 * Values for a local Worker; wrangler.toml has the production values. `npm run dev` passes them as arguments, plain
 * `wrangler dev` reads them from `.dev.vars`.
 * @param publicOrigin where the browser finds the product
 */
export function localVars(
  { workerPort, transcoderPorts, slots }: Settings,
  publicOrigin: string,
): Record<string, string> {
  return {
    PUBLIC_ORIGIN: publicOrigin,
    SIGNUP_ROLE: "creator",
    SIGNUP: "open",
    DEV_MAIL: "true",
    // All local accounts share one address.
    AUTH_ATTEMPTS_PER_MINUTE: "1000",
    S3_ENDPOINT: localS3(workerPort),
    UPLOAD_LINKS: "local",
    MAX_RUNNERS: String(transcoderPorts.length),
    SLOTS_PER_RUNNER: String(slots),
  };
}

/** A secret of the local Worker. @throws Error when the Worker has not been prepared */
export async function localValue(name: string): Promise<string> {
  const file = await readFile(join(ROOT, ".dev.vars"), "utf8").catch(() => "");
  const value = new RegExp(`^${name}=(.+)$`, "m").exec(file)?.[1];
  if (value === undefined) throw new Error(`.dev.vars has no ${name}: start the Worker first.`);
  return value;
}

/** The secret with which local transcoders call the runner API of the Worker; it makes the Worker expect them. */
export const localRunnerSecret = (): Promise<string> => localValue(RUNNER_SECRET);

/**
 * The key pair for notifications. It is passed as a variable: wrangler reads no secret from `.dev.vars` that
 * wrangler.toml does not require, and deployments may omit this one.
 */
export const localPushKeys = (): Promise<string> => localValue(PUSH_KEYS);

/** URL of the S3 API that wrangler serves for the local bucket. */
export const localS3 = (workerPort: number): string =>
  `http://localhost:${workerPort}/cdn-cgi/local/r2/s3`;

/**
 * Adds missing secrets of wrangler.toml and missing `vars` to `.dev.vars`. Existing values stay, because the sessions,
 * playback tokens and signing keys of the state depend on them.
 */
export async function ensureDevVars(vars: Record<string, string> = {}): Promise<void> {
  const path = join(ROOT, ".dev.vars");
  const present = await readFile(path, "utf8").catch(() => "");
  const names = new Set(present.split("\n").map((line) => line.split("=")[0]?.trim()));
  const secrets = [...(await requiredNames()), RUNNER_SECRET].map((name) => [
    name,
    LOCAL_S3[name] ?? randomBytes(32).toString("base64url"),
  ]);
  const pushKeys = [PUSH_KEYS, newVapidKeys()];
  const missing = [...secrets, pushKeys, ...Object.entries(vars)].filter(
    ([name]) => !names.has(name),
  );
  if (missing.length === 0) return;
  const start = present === "" || present.endsWith("\n") ? present : `${present}\n`;
  const added = missing.map(([name, value]) => `${name}=${value}\n`);
  await writeFile(path, start + added.join(""), { mode: 0o600 });
}
