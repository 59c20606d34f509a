import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./settings.ts";

/** What wrangler.toml gives the local bucket's S3 API; every other secret is made here. */
const LOCAL_S3: Record<string, string> = {
  S3_ACCESS_KEY_ID: "kinora-local",
  S3_SECRET_ACCESS_KEY: "kinora-local-secret",
};

async function requiredNames(): Promise<string[]> {
  const list = /^\[secrets\]\nrequired = \[(.*?)\]/ms.exec(
    await readFile(join(ROOT, "wrangler.toml"), "utf8"),
  )?.[1];
  if (list === undefined) throw new Error("wrangler.toml lists no [secrets] required");
  return Array.from(list.matchAll(/"(\w+)"/g), ([, name]) => name ?? "");
}

/**
 * Adds to `.dev.vars` what it lacks of the secrets that wrangler.toml requires. A value that is there stays:
 * the state's sessions, grants and signing keys depend on it.
 */
export async function ensureDevVars(): Promise<void> {
  const path = join(ROOT, ".dev.vars");
  const present = await readFile(path, "utf8").catch(() => "");
  const names = new Set(present.split("\n").map((line) => line.split("=")[0]?.trim()));
  const missing = (await requiredNames()).filter((name) => !names.has(name));
  if (missing.length === 0) return;
  const start = present === "" || present.endsWith("\n") ? present : `${present}\n`;
  const added = missing.map(
    (name) => `${name}=${LOCAL_S3[name] ?? randomBytes(32).toString("base64url")}\n`,
  );
  await writeFile(path, start + added.join(""), { mode: 0o600 });
}
