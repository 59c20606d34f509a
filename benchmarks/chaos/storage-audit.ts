import { createHash } from "node:crypto";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { catalog } from "../../workers/db/client.ts";
import { videos } from "../../workers/db/schema.ts";
import { outbox } from "../../workers/db/upkeep-schema.ts";
import { collectLeftovers } from "../../workers/jobs/tasks/collect.ts";
import { lostParts, readStored } from "../../workers/jobs/storage/check-video.ts";
import type { StorageContext } from "../../workers/jobs/job-context.ts";
import { knownObjects } from "../../workers/jobs/storage/orphans.ts";
import { objectsUnder } from "../../workers/media/objects.ts";

/** After this time the sweep removes what losing attempts have left. */
const LEFTOVERS_AFTER_MS = 2 * 3_600_000;

export interface StorageAudit {
  objects: number;
  /** Keys that the catalogue names and the storage lacks. */
  missing: string[];
  /** Keys of objects with other bytes than were stored. */
  damaged: string[];
  /** Keys that nothing in the catalogue refers to. */
  leftOver: string[];
  /** Messages that have not been handled. */
  messages: number;
}

/** The ids that name the local databases and the bucket in wrangler.toml. */
const CATALOG_ID = "00000000-0000-0000-0000-00000000c001";
const BUCKET = "kinora-media";

/**
 * Compares every object of a stopped product with its catalogue, after running the sweep as of two hours later.
 * @param state its folder
 */
export async function auditStorage(state: string): Promise<StorageAudit> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default { fetch: () => new Response() }",
      d1Databases: { CATALOG: CATALOG_ID },
      r2Buckets: { MEDIA: BUCKET },
      resourcePersistencePath: join(state, "v3"),
    }),
  );
  try {
    const env = await miniflare.getBindings<StorageContext["env"]>();
    const context = { env, db: catalog(env) };
    await collectLeftovers(context, Date.now() + LEFTOVERS_AFTER_MS);
    return await compare(context);
  } finally {
    await miniflare.dispose();
  }
}

async function compare(context: StorageContext): Promise<StorageAudit> {
  const { db, env } = context;
  const missing: string[] = [];
  const isKnown: ((key: string) => boolean)[] = [];
  for (const video of await db.select().from(videos)) {
    const stored = await readStored(context, video);
    if (!stored) continue;
    // Node has no MD5 in WebCrypto; below, every object is read.
    const lost = await lostParts(context, stored, async () => true);
    missing.push(...Object.values(lost).flat());
    isKnown.push(knownObjects(stored));
  }
  const keys = [...(await objectsUnder(env, "")).keys()];
  const damaged: string[] = [];
  for (const key of keys) if (!(await isWhole(env, key))) damaged.push(key);
  return {
    objects: keys.length,
    missing,
    damaged,
    leftOver: keys.filter((key) => !isKnown.some((knows) => knows(key))),
    messages: await db.$count(outbox),
  };
}

/** Whether an object has the MD5 that was recorded when it was stored; true if none was recorded. */
async function isWhole(env: Pick<StorageContext["env"], "MEDIA">, key: string): Promise<boolean> {
  const object = await env.MEDIA.get(key);
  if (!object) return false;
  const bytes = Buffer.from(await object.arrayBuffer());
  const { md5 } = object.checksums;
  return !md5 || createHash("md5").update(bytes).digest().equals(Buffer.from(md5));
}
