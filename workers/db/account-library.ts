import { DurableObject } from "cloudflare:workers";
import { LIMITS } from "../domain/limits.ts";
import { migrateObject } from "./object-schema.ts";

/** How far an account has watched a video. */
export interface ProgressEntry {
  videoId: string;
  /** Seconds. */
  position: number;
  /** Watched to the end, or nearly: no longer offered to continue. */
  finished: boolean;
  /** Milliseconds since the epoch. */
  updatedAt: number;
}

/** Players report at intervals: a report closer than this to the stored one is not written. */
const MIN_POSITION_CHANGE_SECONDS = 10;
const MIN_WRITE_INTERVAL_MS = 10_000;

/** A playback that counts against the account's limit of concurrent streams. */
export interface StreamEntry {
  /** Of the playback. */
  sessionId: string;
  videoId: string;
  /** When its newest token expires, in milliseconds since the epoch. */
  expiresAt: number;
}

/** One step per change of the schema, in order. */
const SCHEMA_STEPS = [
  `CREATE TABLE progress (
     video_id TEXT PRIMARY KEY,
     position REAL NOT NULL,
     finished INTEGER NOT NULL,
     updated_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX progress_recent ON progress (updated_at);`,
  `CREATE TABLE streams (
     session_id TEXT PRIMARY KEY,
     video_id TEXT NOT NULL,
     expires_at INTEGER NOT NULL
   ) WITHOUT ROWID;`,
];

interface ProgressRow extends Record<string, SqlStorageValue> {
  video_id: string;
  position: number;
  finished: number;
  updated_at: number;
}

/**
 * What an account keeps for itself: how far it has watched which videos, and what it plays now. One object per account, by
 * its id, with a database of its own, so that viewers who play write nothing to CATALOG
 * (docs/decisions/550-account-library.md). The Worker calls it by RPC after it has authorised the caller.
 */
export class AccountLibrary extends DurableObject<Env> {
  #sql = this.ctx.storage.sql;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => this.#migrate());
  }

  #migrate(): void {
    migrateObject(this.ctx.storage, SCHEMA_STEPS);
  }

  /** Stores the newest position, but only once it has changed enough or some time has passed. */
  putProgress({ videoId, position, finished, updatedAt }: ProgressEntry): void {
    const isNew = this.getProgress(videoId) === null;
    this.#sql.exec(
      `INSERT INTO progress VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (video_id) DO UPDATE
       SET position = excluded.position, finished = excluded.finished, updated_at = excluded.updated_at
       WHERE updated_at <= excluded.updated_at - ?5
         OR abs(position - excluded.position) >= ?6
         OR finished <> excluded.finished`,
      videoId,
      position,
      Number(finished),
      updatedAt,
      MIN_WRITE_INTERVAL_MS,
      MIN_POSITION_CHANGE_SECONDS,
    );
    if (isNew) this.#dropOldest();
  }

  /** Adds entries that were kept elsewhere. A newer one of the same video stays. */
  importProgress(entries: ProgressEntry[]): void {
    this.ctx.storage.transactionSync(() => {
      for (const { videoId, position, finished, updatedAt } of entries)
        this.#sql.exec(
          `INSERT INTO progress VALUES (?, ?, ?, ?)
           ON CONFLICT (video_id) DO UPDATE
           SET position = excluded.position, finished = excluded.finished, updated_at = excluded.updated_at
           WHERE updated_at < excluded.updated_at`,
          videoId,
          position,
          Number(finished),
          updatedAt,
        );
      this.#dropOldest();
    });
  }

  /** Keeps the latest entries only, as many as an account can have. Plan: the index of times, from its old end. */
  #dropOldest(): void {
    const [count] = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM progress").toArray();
    const excess = (count?.n ?? 0) - LIMITS.watchedVideosPerAccount;
    if (excess > 0)
      this.#sql.exec(
        `DELETE FROM progress WHERE video_id IN (
           SELECT video_id FROM progress ORDER BY updated_at LIMIT ?)`,
        excess,
      );
  }

  getProgress(videoId: string): ProgressEntry | null {
    const rows = this.#sql.exec<ProgressRow>("SELECT * FROM progress WHERE video_id = ?", videoId);
    const [row] = rows.toArray();
    return row ? toEntry(row) : null;
  }

  /** What the account watched, latest first. @param before only older entries, in milliseconds since the epoch */
  listProgress(limit: number, before = Number.MAX_SAFE_INTEGER): ProgressEntry[] {
    return this.#sql
      .exec<ProgressRow>(
        "SELECT * FROM progress WHERE updated_at < ? ORDER BY updated_at DESC LIMIT ?",
        before,
        limit,
      )
      .toArray()
      .map(toEntry);
  }

  /** Removes the entries of videos that are gone. */
  forgetVideos(videoIds: string[]): void {
    for (const id of videoIds) this.#sql.exec("DELETE FROM progress WHERE video_id = ?", id);
  }

  clearProgress(): void {
    this.#sql.exec("DELETE FROM progress");
  }

  /**
   * Records a stream, or extends that of its session, while the account has fewer others than the limit. An object handles
   * one call at a time, so concurrent requests cannot exceed it.
   * @returns false when the limit is reached
   */
  takeStream({ sessionId, videoId, expiresAt }: StreamEntry, limit: number, now: number): boolean {
    this.#sql.exec("DELETE FROM streams WHERE expires_at <= ?", now);
    const { n } = this.#sql
      .exec<{ n: number }>("SELECT count(*) AS n FROM streams WHERE session_id <> ?", sessionId)
      .one();
    if (n >= limit) return false;
    this.#sql.exec(
      `INSERT INTO streams VALUES (?, ?, ?)
       ON CONFLICT (session_id) DO UPDATE SET expires_at = excluded.expires_at`,
      sessionId,
      videoId,
      expiresAt,
    );
    return true;
  }

  /** Ends the stream of a session. @returns false when it had none */
  freeStream(sessionId: string): boolean {
    const freed = this.#sql.exec("DELETE FROM streams WHERE session_id = ?", sessionId);
    return freed.rowsWritten > 0;
  }

  /** Deletes all that the object stores: the account is gone. */
  async deleteAll(): Promise<void> {
    await this.ctx.storage.deleteAll();
    // For a call that arrives before the object is evicted.
    this.#migrate();
  }
}

function toEntry({ video_id, position, finished, updated_at }: ProgressRow): ProgressEntry {
  return { videoId: video_id, position, finished: finished === 1, updatedAt: updated_at };
}
