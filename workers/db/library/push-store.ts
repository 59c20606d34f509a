import { LIMITS } from "../../domain/limits.ts";

/** A browser that gets an account's notifications. */
export interface PushEntry {
  endpoint: string;
  p256dh: string;
  auth: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/**
 * The account's browsers; the followers who want notifications of its new videos; and the videos that they have been
 * notified of, so that no one is notified twice.
 */
export const PUSH_SCHEMA = `
  CREATE TABLE push_subscriptions (
    endpoint TEXT PRIMARY KEY,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE push_followers (account_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE announced_videos (video_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;`;

/** Videos are announced within a day after they were published; this is longer. */
const ANNOUNCED_KEPT_MS = 3 * 86_400_000;

/** Web Push in the database of an account's object (docs/decisions/671-web-push.md). */
export class PushStore {
  readonly #sql: SqlStorage;

  constructor({ sql }: DurableObjectStorage) {
    this.#sql = sql;
  }

  /** Adds a browser, or renews its keys. Beyond the limit, the oldest gets no more notifications. */
  add({ endpoint, p256dh, auth, createdAt }: PushEntry): void {
    this.#sql.exec(
      `INSERT INTO push_subscriptions VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (endpoint) DO UPDATE SET p256dh = ?2, auth = ?3, created_at = ?4`,
      endpoint,
      p256dh,
      auth,
      createdAt,
    );
    this.#sql.exec(
      `DELETE FROM push_subscriptions WHERE endpoint NOT IN (
         SELECT endpoint FROM push_subscriptions ORDER BY created_at DESC, endpoint LIMIT ?)`,
      LIMITS.pushSubscriptionsPerAccount,
    );
  }

  remove(endpoints: readonly string[]): void {
    for (const endpoint of endpoints)
      this.#sql.exec("DELETE FROM push_subscriptions WHERE endpoint = ?", endpoint);
  }

  list(): PushEntry[] {
    return this.#sql
      .exec<PushEntry & Record<string, SqlStorageValue>>(
        `SELECT endpoint, p256dh, auth, created_at AS createdAt
         FROM push_subscriptions ORDER BY created_at, endpoint`,
      )
      .toArray();
  }

  /** Only followers can have notifications on, so that one who has unfollowed in the meantime is not added again. */
  setFollower(accountId: string, wants: boolean): void {
    const statement = wants
      ? "INSERT OR IGNORE INTO push_followers SELECT account_id FROM followers WHERE account_id = ?"
      : "DELETE FROM push_followers WHERE account_id = ?";
    this.#sql.exec(statement, accountId);
  }

  /** Followers to tell, in the order of their ids. @param after the last one of the page before; empty for the first page */
  followers(after: string, limit: number): string[] {
    return this.#sql
      .exec<{ id: string }>(
        "SELECT account_id AS id FROM push_followers WHERE account_id > ? ORDER BY account_id LIMIT ?",
        after,
        limit,
      )
      .toArray()
      .map(({ id }) => id);
  }

  /**
   * Records that followers are notified of a video.
   * @returns false if they have been notified before, or if none wants notifications
   */
  announce(videoId: string, now: number): boolean {
    this.#sql.exec("DELETE FROM announced_videos WHERE at < ?", now - ANNOUNCED_KEPT_MS);
    const added = this.#sql.exec(
      "INSERT OR IGNORE INTO announced_videos VALUES (?, ?)",
      videoId,
      now,
    );
    return added.rowsWritten > 0 && this.followers("", 1).length > 0;
  }
}
