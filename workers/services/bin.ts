import { z } from "zod";
import type { BinPage } from "../contract/bin.ts";
import type { PageQuery } from "../contract/common.ts";
import type { Video } from "../contract/videos.ts";
import {
  binnedBefore,
  binnedVideos,
  bytesInBin,
  eraseVideos,
  restoreStatements,
} from "../db/bin.ts";
import { catalog, runBatch } from "../db/client.ts";
import { enqueueEvent } from "../db/outbox.ts";
import { retentionDays, retentionMs } from "../domain/bin.ts";
import { findVideo } from "../db/videos.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { authorizedVideo, restorableVideo } from "./authorized-video.ts";
import { presentVideos } from "./present-videos.ts";

type BinEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS" | "RETENTION_DAYS">;

const Cursor = z.tuple([z.number(), z.string()]);

/**
 * The caller's deleted videos, the last deleted first.
 * @throws AppError invalid_cursor
 */
export async function listBin(
  env: BinEnv,
  principal: Principal,
  { limit, cursor }: PageQuery,
): Promise<BinPage> {
  const db = catalog(env);
  const after = cursor === undefined ? null : decodeCursor(Cursor, cursor);
  const ownerId = signedIn(principal).userId;
  const rows = await binnedVideos(db, ownerId, after, limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const deletedAt = new Map(items.map((row) => [row.id, row.deletedAt ?? 0]));
  const [videos, bytes] = await Promise.all([
    presentVideos(env, db, items, principal),
    bytesInBin(db, ownerId),
  ]);
  return {
    bytes,
    retentionDays: retentionDays(env),
    items: videos.map((video) => {
      const time = deletedAt.get(video.id) ?? 0;
      return { ...video, deletedAt: iso(time), erasedAt: iso(time + retentionMs(env)) };
    }),
    nextCursor: rows.length > limit && last ? encodeCursor([last.deletedAt ?? 0, last.id]) : null,
  };
}

/**
 * Restores a video from the bin. A video that is not deleted is not changed. The caller relays the outbox
 * afterwards.
 * @throws AppError not_found once it has been erased
 */
export async function restoreVideo(env: BinEnv, principal: Principal, id: string): Promise<Video> {
  const db = catalog(env);
  const row = await restorableVideo(db, principal, "bin.restore", id);
  if (row.deletedAt !== null) await runBatch(db, restoreStatements(db, [id], Date.now()));
  const restored = await authorizedVideo(db, principal, "bin.restore", id);
  const [video] = await presentVideos(env, db, [restored], principal);
  if (!video) throw new Error("presentVideos dropped a row");
  return video;
}

/**
 * Erases a deleted video permanently. Its objects are purged through the outbox, which the caller relays.
 * @throws AppError not_found, conflict for a video that is not deleted
 */
export async function eraseFromBin(env: BinEnv, principal: Principal, id: string): Promise<void> {
  const db = catalog(env);
  const row = await restorableVideo(db, principal, "bin.erase", id);
  if (row.deletedAt !== null) await runBatch(db, eraseVideos(db, [id], Date.now()));
  // It was never in the bin, or was restored in between.
  if ((await findVideo(db, id))?.erasedAt === null)
    throw new AppError("conflict", "This video is not in the bin. Delete it first.");
}

/** Small enough for one transaction of D1, which writes a dozen rows per video with its indexes. */
const ERASURES_PER_BATCH = 100;
const MAX_BATCHES_PER_CALL = 10;

/**
 * Erases everything in the caller's bin permanently, a thousand videos at once and the rest by messages. The caller
 * relays the outbox afterwards.
 */
export async function emptyBin(env: BinEnv, principal: Principal): Promise<void> {
  const { userId: ownerId } = signedIn(principal);
  await eraseBinned(env, { ownerId, before: Date.now() + 1 });
}

/**
 * Erases the videos that were in an account's bin before a time, in steps. Beyond a thousand videos it leaves the rest
 * to a message, whose consumer calls this again. The caller relays the outbox afterwards. Repeating it is harmless.
 */
export async function eraseBinned(
  env: Pick<Env, "CATALOG">,
  { ownerId, before }: { ownerId: string; before: number },
  maxBatches = MAX_BATCHES_PER_CALL,
): Promise<void> {
  const db = catalog(env);
  for (let batch = 0; batch < maxBatches; batch++) {
    const ids = await binnedBefore(db, before, ERASURES_PER_BATCH, ownerId);
    await runBatch(db, eraseVideos(db, ids, Date.now()));
    if (ids.length < ERASURES_PER_BATCH) return;
  }
  await runBatch(db, [enqueueEvent(db, { kind: "empty-bin", ownerId, before })]);
}

const iso = (time: number): string => new Date(time).toISOString();
