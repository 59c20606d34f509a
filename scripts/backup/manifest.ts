import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export const MANIFEST_FILE = "manifest.json";
export const CATALOG_FILE = "catalog.sql";
export const OBJECTS_FILE = "objects.ndjson";

const FORMAT = 1;

/** What a backup is, and by what it is proved to be whole. */
const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  createdAt: z.iso.datetime(),
  /** Of the product that made it. */
  version: z.string(),
  /** Migrations of CATALOG at that time. */
  migrations: z.array(z.string()),
  /** Rows by table. */
  tables: z.record(z.string(), z.int()),
  /** Variables of the instance; no secret is among them. */
  settings: z.record(z.string(), z.unknown()),
  /** Names of the secrets without which it cannot be used; their values are in no backup. */
  secrets: z.array(z.string()),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;

async function fingerprint(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
}

/** Completes a backup: a folder without a manifest is none. @param files names of files in the folder */
export async function writeManifest(
  folder: string,
  files: readonly string[],
  facts: Omit<Manifest, "format" | "files">,
): Promise<Manifest> {
  const prints = await Promise.all(
    files.map(async (name) => [name, await fingerprint(join(folder, name))] as const),
  );
  const manifest: Manifest = { format: FORMAT, ...facts, files: Object.fromEntries(prints) };
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** @throws Error when the folder has no backup, or one that is not whole */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST_FILE), "utf8").catch(() => null);
  if (text === null) throw new Error(`${folder} has no ${MANIFEST_FILE}, so it is no backup.`);
  const manifest = Manifest.parse(JSON.parse(text));
  for (const [name, expected] of Object.entries(manifest.files)) {
    const found = await fingerprint(join(folder, name)).catch(() => null);
    if (found?.sha256 !== expected.sha256)
      throw new Error(`${name} is missing or was changed since the backup: it is not restored.`);
  }
  return manifest;
}
