/** Lists of single videos that each profile of an account keeps: what it wants to watch, and what it likes. */
export type SavedListName = "watchlist" | "likes";

export interface SavedEntry {
  videoId: string;
  /** Milliseconds since the epoch. */
  addedAt: number;
}

export const SAVED_LISTS_SCHEMA = `
  CREATE TABLE watchlist (
    video_id TEXT PRIMARY KEY,
    added_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX watchlist_recent ON watchlist (added_at, video_id);
  CREATE TABLE likes (
    video_id TEXT PRIMARY KEY,
    added_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX likes_recent ON likes (added_at, video_id);`;

/** One of the lists of a profile, in the database of its account's object. */
export class SavedList {
  readonly #sql: SqlStorage;
  readonly #table: SavedListName;
  readonly #profileId: string;

  constructor(sql: SqlStorage, table: SavedListName, profileId: string) {
    this.#profileId = profileId;
    this.#sql = sql;
    this.#table = table;
  }

  has(videoId: string): boolean {
    const rows = this.#sql.exec(
      `SELECT 1 FROM ${this.#table} WHERE profile_id = ? AND video_id = ?`,
      this.#profileId,
      videoId,
    );
    return rows.toArray().length > 0;
  }

  /** Adds a video; one that is in the list keeps its place. @returns false when the list is full */
  add({ videoId, addedAt }: SavedEntry, max: number): boolean {
    if (this.has(videoId)) return true;
    const { n } = this.#sql
      .exec<{ n: number }>(
        `SELECT count(*) AS n FROM ${this.#table} WHERE profile_id = ?`,
        this.#profileId,
      )
      .one();
    if (n >= max) return false;
    this.#sql.exec(
      `INSERT INTO ${this.#table} VALUES (?, ?, ?)`,
      this.#profileId,
      videoId,
      addedAt,
    );
    return true;
  }

  remove(videoIds: readonly string[]): void {
    for (const id of videoIds)
      this.#sql.exec(
        `DELETE FROM ${this.#table} WHERE profile_id = ? AND video_id = ?`,
        this.#profileId,
        id,
      );
  }

  /** Latest first. Plan: the index of times, `limit` rows. @param before only entries that follow this one */
  list(limit: number, before?: SavedEntry): SavedEntry[] {
    return this.#sql
      .exec<SavedEntry & Record<string, SqlStorageValue>>(
        `SELECT video_id AS videoId, added_at AS addedAt FROM ${this.#table}
         WHERE profile_id = ? AND (added_at, video_id) < (?, ?)
         ORDER BY added_at DESC, video_id DESC LIMIT ?`,
        this.#profileId,
        before?.addedAt ?? Number.MAX_SAFE_INTEGER,
        before?.videoId ?? "",
        limit,
      )
      .toArray();
  }
}
