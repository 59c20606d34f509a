import { z } from "zod";
import { checkedBytes, sha256Hex } from "./checksum.ts";

/**
 * Copies of the accounts' libraries in the backup bucket, one folder per day: parts with an account per line, and a
 * manifest, which is written last, so that a folder without one is incomplete. The position of the current pass is
 * stored next to them.
 */
export interface BackupEnv {
  /** Bound where a deployment wants backups (wrangler.toml). */
  BACKUPS?: R2Bucket;
}

const LIBRARY_COPIES = "libraries/";
const PLACE_KEY = `${LIBRARY_COPIES}place.json`;

const Part = z.object({ accounts: z.int(), bytes: z.int(), sha256: z.string() });
const CopyManifest = z.object({
  day: z.iso.date(),
  finishedAt: z.iso.datetime(),
  parts: z.array(Part),
});
export type CopyManifest = z.infer<typeof CopyManifest>;

const CopyPlace = z.object({
  day: z.iso.date(),
  /** The last account that was copied. */
  after: z.string(),
  parts: z.array(Part),
  isDone: z.boolean(),
});
export type CopyPlace = z.infer<typeof CopyPlace>;

const partKey = (day: string, part: number): string =>
  `${LIBRARY_COPIES}${day}/${String(part).padStart(5, "0")}.ndjson`;
const manifestKey = (day: string): string => `${LIBRARY_COPIES}${day}/manifest.json`;

export async function readPlace(bucket: R2Bucket): Promise<CopyPlace | null> {
  const object = await bucket.get(PLACE_KEY);
  return object && CopyPlace.parse(await object.json());
}

export async function writePlace(bucket: R2Bucket, place: CopyPlace): Promise<void> {
  await bucket.put(PLACE_KEY, JSON.stringify(place));
}

/** Stores the next part of a pass. @param lines one account each @returns the place after it */
export async function writePart(
  bucket: R2Bucket,
  place: CopyPlace,
  lines: readonly string[],
  after: string,
): Promise<CopyPlace> {
  const { bytes, sha256 } = await checkedBytes(lines.map((line) => `${line}\n`).join(""));
  // R2 refuses what has another checksum.
  await bucket.put(partKey(place.day, place.parts.length), bytes, { sha256 });
  const part = { accounts: lines.length, bytes: bytes.byteLength, sha256 };
  const next = { ...place, after, parts: [...place.parts, part] };
  await writePlace(bucket, next);
  return next;
}

export async function writeCopyManifest(
  bucket: R2Bucket,
  { day, parts }: CopyPlace,
  now: number,
): Promise<void> {
  const manifest: CopyManifest = { day, finishedAt: new Date(now).toISOString(), parts };
  await bucket.put(manifestKey(day), JSON.stringify(manifest));
}

/** The days of which there are copies, the newest first, those that are not whole among them. */
async function daysOf(bucket: R2Bucket): Promise<string[]> {
  const { delimitedPrefixes } = await bucket.list({ prefix: LIBRARY_COPIES, delimiter: "/" });
  return delimitedPrefixes
    .map((prefix) => prefix.slice(LIBRARY_COPIES.length, -1))
    .toSorted()
    .toReversed();
}

export async function readCopyManifest(
  bucket: R2Bucket,
  day: string,
): Promise<CopyManifest | null> {
  const object = await bucket.get(manifestKey(day));
  return object && CopyManifest.parse(await object.json());
}

/** The manifests of all whole copies, the newest first. */
export async function listCopies(bucket: R2Bucket): Promise<CopyManifest[]> {
  const days = await daysOf(bucket);
  const found = await Promise.all(days.map((day) => readCopyManifest(bucket, day)));
  return found.filter((manifest) => manifest !== null);
}

/** The lines of a part. @throws Error when it is missing, or not what was stored */
export async function readPart(
  bucket: R2Bucket,
  manifest: CopyManifest,
  part: number,
): Promise<string[]> {
  const object = await bucket.get(partKey(manifest.day, part));
  const bytes = object && new Uint8Array(await object.arrayBuffer());
  if (!bytes || (await sha256Hex(bytes)) !== manifest.parts[part]?.sha256)
    throw new Error(`Part ${part} of ${manifest.day} is missing or was changed since the copy.`);
  return new TextDecoder().decode(bytes).split("\n").filter(Boolean);
}

/** Deletes all copies but the newest. */
export async function deleteOldCopies(bucket: R2Bucket, kept: number): Promise<void> {
  for (const day of (await daysOf(bucket)).slice(kept)) {
    let page: R2Objects;
    do {
      page = await bucket.list({ prefix: `${LIBRARY_COPIES}${day}/` });
      if (page.objects.length > 0) await bucket.delete(page.objects.map(({ key }) => key));
    } while (page.truncated);
  }
}
