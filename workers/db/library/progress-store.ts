import { LIMITS } from "../../domain/limits.ts";

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

export const PROGRESS_SCHEMA = `
  CREATE TABLE progress (
    video_id TEXT PRIMARY KEY,
    position REAL NOT NULL,
    finished INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX progress_recent ON progress (updated_at);`;

interface ProgressRow extends Record<string, SqlStorageValue> {
  video_id: string;
  position: number;
  finished: number;
  updated_at: number;
}

/** The positions of one profile of an account in videos, in the database of its object. */
export class ProgressStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #profileId: string;

  constructor(storage: DurableObjectStorage, profileId: string) {
    this.#profileId = profileId;
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  /** Stores the newest position, but only once it has changed enough or some time has passed. */
  put({ videoId, position, finished, updatedAt }: ProgressEntry): void {
    const isNew = this.get(videoId) === null;
    this.#sql.exec(
      `INSERT INTO progress VALUES (?7, ?1, ?2, ?3, ?4)
       ON CONFLICT (profile_id, video_id) DO UPDATE
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
      this.#profileId,
    );
    if (isNew) this.#dropOldest();
  }

  /** Adds entries that were kept elsewhere. A newer one of the same video stays. */
  import(entries: readonly ProgressEntry[]): void {
    this.#storage.transactionSync(() => {
      for (const { videoId, position, finished, updatedAt } of entries)
        this.#sql.exec(
          `INSERT INTO progress VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (profile_id, video_id) DO UPDATE
           SET position = excluded.position, finished = excluded.finished, updated_at = excluded.updated_at
           WHERE updated_at < excluded.updated_at`,
          this.#profileId,
          videoId,
          position,
          Number(finished),
          updatedAt,
        );
      this.#dropOldest();
    });
  }

  /** Keeps the latest entries only, as many as a profile can have. Plan: the index of times, from its old end. */
  #dropOldest(): void {
    const [count] = this.#sql
      .exec<{ n: number }>(
        "SELECT count(*) AS n FROM progress WHERE profile_id = ?",
        this.#profileId,
      )
      .toArray();
    const excess = (count?.n ?? 0) - LIMITS.watchedVideosPerProfile;
    if (excess > 0)
      this.#sql.exec(
        `DELETE FROM progress WHERE profile_id = ?1 AND video_id IN (
           SELECT video_id FROM progress WHERE profile_id = ?1 ORDER BY updated_at LIMIT ?2)`,
        this.#profileId,
        excess,
      );
  }

  get(videoId: string): ProgressEntry | null {
    const rows = this.#sql.exec<ProgressRow>(
      "SELECT * FROM progress WHERE profile_id = ? AND video_id = ?",
      this.#profileId,
      videoId,
    );
    const [row] = rows.toArray();
    return row ? toEntry(row) : null;
  }

  /** Latest first. @param before only older entries, in milliseconds since the epoch */
  list(limit: number, before: number): ProgressEntry[] {
    return this.#sql
      .exec<ProgressRow>(
        `SELECT * FROM progress WHERE profile_id = ? AND updated_at < ?
         ORDER BY updated_at DESC LIMIT ?`,
        this.#profileId,
        before,
        limit,
      )
      .toArray()
      .map(toEntry);
  }

  remove(videoIds: readonly string[]): void {
    for (const id of videoIds)
      this.#sql.exec(
        "DELETE FROM progress WHERE profile_id = ? AND video_id = ?",
        this.#profileId,
        id,
      );
  }

  clear(): void {
    this.#sql.exec("DELETE FROM progress WHERE profile_id = ?", this.#profileId);
  }
}

function toEntry({ video_id, position, finished, updated_at }: ProgressRow): ProgressEntry {
  return { videoId: video_id, position, finished: finished === 1, updatedAt: updated_at };
}
