/** A viewer who likes a video, as the hash of an account. */
export interface Like {
  videoId: string;
  who: string;
}

/** How the number of likes of a video has changed. */
export interface LikeChange {
  videoId: string;
  delta: number;
}

/** `flush`: number of the flush that a change is part of; 0 until then. */
export const LIKES_SCHEMA = `
  CREATE TABLE likes (
    video_id TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (video_id, who)
  ) WITHOUT ROWID;
  CREATE TABLE like_changes (
    video_id TEXT NOT NULL,
    flush INTEGER NOT NULL,
    delta INTEGER NOT NULL,
    PRIMARY KEY (flush, video_id)
  ) WITHOUT ROWID;`;

/**
 * The likes of a share of the videos, in the database of their counter (jobs/views/view-counter.ts), and the changes that CATALOG
 * does not have yet. Liking twice, or removing a missing like, changes nothing.
 */
export class LikeStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add({ videoId, who }: Like): void {
    const added = this.#sql.exec(
      "INSERT INTO likes VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1",
      videoId,
      who,
    );
    if (added.toArray().length > 0) this.#change(videoId, 1);
  }

  remove({ videoId, who }: Like): void {
    const removed = this.#sql.exec(
      "DELETE FROM likes WHERE video_id = ? AND who = ? RETURNING 1",
      videoId,
      who,
    );
    if (removed.toArray().length > 0) this.#change(videoId, -1);
  }

  #change(videoId: string, delta: number): void {
    this.#sql.exec(
      `INSERT INTO like_changes VALUES (?, 0, ?)
       ON CONFLICT (flush, video_id) DO UPDATE SET delta = delta + excluded.delta`,
      videoId,
      delta,
    );
  }

  hasChanges(): boolean {
    return this.#sql.exec("SELECT 1 FROM like_changes LIMIT 1").toArray().length > 0;
  }

  /** Adds waiting changes to a flush, up to a limit. */
  begin(flush: number, limit: number): void {
    this.#sql.exec(
      `UPDATE like_changes SET flush = ?1 WHERE flush = 0 AND video_id IN (
         SELECT video_id FROM like_changes WHERE flush = 0 ORDER BY video_id LIMIT ?2)`,
      flush,
      limit,
    );
  }

  changesOf(flush: number): LikeChange[] {
    return this.#sql
      .exec<LikeChange & Record<string, SqlStorageValue>>(
        "SELECT video_id AS videoId, delta FROM like_changes WHERE flush = ?",
        flush,
      )
      .toArray();
  }

  finish(flush: number): void {
    this.#sql.exec("DELETE FROM like_changes WHERE flush = ?", flush);
  }
}
