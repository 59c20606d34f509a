import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newId } from "../domain/id.ts";
import { planSettings, planTask } from "../domain/tasks/plan-settings.ts";
import { binnedBefore, eraseVideos, restoreStatements } from "./bin.ts";
import { catalog, runBatch } from "./client.ts";
import {
  closeUpload,
  findUpload,
  forgetUpload,
  insertUpload,
  markCompleted,
  type UploadRow,
} from "./uploads.ts";
import { deletionStatements, forgetContent } from "./videos.ts";

const db = catalog(env);
const DAY_MS = 86_400_000;

/** A pseudo-random generator with a seed (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const newUpload = (ownerId: string, size: number): UploadRow => ({
  id: newId(),
  videoId: newId(),
  ownerId,
  filename: "a.mp4",
  size,
  contentType: "video/mp4",
  partSize: 10,
  partCount: 1,
  key: `sources/${newId()}`,
  fingerprint: null,
  multipartId: "m",
  state: "open",
  etag: null,
  createdAt: 1,
  expiresAt: 1 + DAY_MS,
});

const NOTHING = { videos: 0, bytes: 0, open_uploads: 0, open_bytes: 0 };
const sumOf = (ownerId: string) =>
  env.CATALOG.prepare(
    `SELECT
      (SELECT count(*) FROM videos WHERE owner_id = ?1 AND erased_at IS NULL) AS videos,
      (SELECT coalesce(sum(source_bytes), 0) FROM videos WHERE owner_id = ?1 AND erased_at IS NULL) AS bytes,
      (SELECT count(*) FROM uploads WHERE owner_id = ?1 AND state = 'open') AS open_uploads,
      (SELECT coalesce(sum(size), 0) FROM uploads WHERE owner_id = ?1 AND state = 'open') AS open_bytes`,
  )
    .bind(ownerId)
    .first();
const counted = (ownerId: string) =>
  env.CATALOG.prepare(
    "SELECT videos, bytes, open_uploads, open_bytes FROM creator_usage WHERE owner_id = ?",
  )
    .bind(ownerId)
    .first();

test.each([1, 2, 3])(
  "a creator's recorded usage always equals the sum of the creator's rows (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const owners = [newId(), newId()];
    const known: UploadRow[] = [];
    const plan = planTask(planSettings(env), false);
    for (let step = 0; step < 80; step++) {
      const now = step + 10;
      const upload = known[random(Math.max(known.length, 1))];
      const id = upload?.videoId ?? "";
      const actions: (() => Promise<unknown>)[] = [
        async () => {
          const added = newUpload(owners[random(2)] ?? "", 1 + random(1000));
          known.push(added);
          const { videoId, ownerId } = added;
          const video = { id: videoId, ownerId, title: "A", createdAt: now, updatedAt: now };
          await insertUpload(db, video, added);
        },
        async () => upload && markCompleted(db, upload, { etag: "e" }, plan, "key", now),
        async () => upload && closeUpload(db, upload, random(2) ? "aborted" : "expired", now),
        () => runBatch(db, deletionStatements(db, [id], now)),
        () => runBatch(db, restoreStatements(db, [id], now)),
        () => runBatch(db, eraseVideos(db, [id], now)),
        async () => {
          const binned = await binnedBefore(db, now + 1, 100, owners[0]);
          return runBatch(db, random(5) === 0 ? eraseVideos(db, binned, now) : []);
        },
        () => runBatch(db, forgetContent(db, id)),
        async () => {
          const row = upload && (await findUpload(db, upload.id));
          if (row?.state === "open" && random(3) === 0) await forgetUpload(db, row);
        },
      ];
      // Half of all actions are uploads.
      await (random(2) === 0 ? actions[0] : actions[random(actions.length)])?.();
      if (step % 8 === 7)
        for (const owner of owners)
          expect((await counted(owner)) ?? NOTHING).toEqual(await sumOf(owner));
    }
    expect(known.length).toBeGreaterThan(20);
  },
);
