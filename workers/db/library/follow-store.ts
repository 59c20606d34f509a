import { LIMITS } from "../../domain/limits.ts";

/** A creator whose new videos an account wants to see. */
export interface FollowEntry {
  creatorId: string;
  /** Milliseconds since the epoch. */
  since: number;
}

/** The creators that an account follows, and until when it has seen their new videos. */
export interface FollowState {
  follows: FollowEntry[];
  /** Milliseconds since the epoch; 0 for never. */
  seenAt: number;
}

/**
 * The accounts that this account follows, and its followers. The object learns the account's id with the first of
 * either.
 */
export const FOLLOWS_SCHEMA = `
  CREATE TABLE follows (creator_id TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE followers (account_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE follow_marks (id INTEGER PRIMARY KEY, own_id TEXT, seen_at INTEGER NOT NULL);
  INSERT INTO follow_marks VALUES (1, NULL, 0);`;

/** How long changes wait, so that a creator who wins many followers is written once for all of them. */
const FLUSH_INTERVAL_MS = 30_000;

/** Follows in the database of an account's object. */
export class FollowStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Follows a creator, or does nothing if it does already. @returns false when the account follows as many as it can */
  follow(creatorId: string, now: number): boolean {
    if (this.has(creatorId)) return true;
    const { sql } = this.#storage;
    const { n } = sql.exec<{ n: number }>("SELECT count(*) AS n FROM follows").one();
    if (n >= LIMITS.followsPerAccount) return false;
    sql.exec("INSERT INTO follows VALUES (?, ?)", creatorId, now);
    return true;
  }

  /** Stops following creators, or forgets those that are gone. */
  unfollow(creatorIds: string[]): void {
    for (const id of creatorIds)
      this.#storage.sql.exec("DELETE FROM follows WHERE creator_id = ?", id);
  }

  has(creatorId: string): boolean {
    const { sql } = this.#storage;
    return sql.exec("SELECT 1 FROM follows WHERE creator_id = ?", creatorId).toArray().length > 0;
  }

  /** The newest follow first. */
  state(): FollowState {
    const { sql } = this.#storage;
    const follows = sql
      .exec<{ creator_id: string; since: number }>("SELECT * FROM follows ORDER BY since DESC")
      .toArray();
    const { seen_at: seenAt } = sql
      .exec<{ seen_at: number }>("SELECT seen_at FROM follow_marks")
      .one();
    return {
      follows: follows.map(({ creator_id: creatorId, since }) => ({ creatorId, since })),
      seenAt,
    };
  }

  /** Marks everything until this time as seen. An older time changes nothing. */
  markSeen(until: number): void {
    this.#storage.sql.exec("UPDATE follow_marks SET seen_at = max(seen_at, ?)", until);
  }

  /** @param ownId of the account that is followed, whose object this is */
  async addFollower(ownId: string, followerId: string): Promise<void> {
    const { sql } = this.#storage;
    sql.exec("UPDATE follow_marks SET own_id = ?", ownId);
    const added = sql.exec("INSERT OR IGNORE INTO followers VALUES (?)", followerId);
    if (added.rowsWritten > 0) await this.#wake();
  }

  async removeFollower(followerId: string): Promise<void> {
    const { sql } = this.#storage;
    const removed = sql.exec("DELETE FROM followers WHERE account_id = ?", followerId);
    if (removed.rowsWritten > 0) await this.#wake();
  }

  /** The number of followers; null if the account has never had one. */
  followers(): { ownId: string; count: number } | null {
    const { sql } = this.#storage;
    const { own_id: ownId } = sql
      .exec<{ own_id: string | null }>("SELECT own_id FROM follow_marks")
      .one();
    if (ownId === null) return null;
    return { ownId, count: sql.exec<{ n: number }>("SELECT count(*) AS n FROM followers").one().n };
  }

  async #wake(): Promise<void> {
    const alarm = await this.#storage.getAlarm();
    if (alarm === null) await this.#storage.setAlarm(Date.now() + FLUSH_INTERVAL_MS);
  }
}
