import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../dev/settings.ts";
import { STORAGE_SECRETS } from "./wrangler-config.ts";

/** An untracked folder. */
export const DEPLOY_FOLDER = join(ROOT, ".kinora");
const SECRET_BYTES = 32;

/** The R2 token and other secrets in the environment: `KINORA_DEPLOY_S3_ACCESS_KEY_ID`. */
export function givenSecrets(
  environment: NodeJS.ProcessEnv,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[`KINORA_DEPLOY_${name}`];
      return value ? [[name, value]] : [];
    }),
  );
}

/** New values; the storage secrets come from its token. */
export function generateSecrets(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names
      .filter((name) => !STORAGE_SECRETS.includes(name))
      .map((name) => [name, randomBytes(SECRET_BYTES).toString("base64url")]),
  );
}

/**
 * Keeps generated secrets in a file that only its owner can read: Cloudflare never shows secrets again, and without
 * CONTENT_KEY_SECRETS encrypted videos could never be played.
 * @returns the path of the file
 */
export async function keepSecrets(
  name: string,
  secrets: Record<string, string>,
  now = new Date(),
): Promise<string> {
  await mkdir(DEPLOY_FOLDER, { recursive: true });
  const stamp = now.toISOString().replaceAll(/[:.]/g, "-");
  const file = join(DEPLOY_FOLDER, `${name}-secrets-${stamp}.json`);
  await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return file;
}
