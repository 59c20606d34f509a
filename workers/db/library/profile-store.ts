import type { Avatar } from "../../contract/avatars.ts";
import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import { LIMITS } from "../../domain/limits.ts";
import { MAIN_PROFILE, MAX_PIN_ATTEMPTS, PIN_PAUSE_MS } from "../../domain/profiles.ts";

export interface ProfileEntry {
  id: string;
  /** Empty for the name of the account. */
  name: string;
  avatar: Avatar;
  kids: boolean;
  maturityLimit: MaturityLimit | null;
  locked: boolean;
  /** Milliseconds since the epoch; 0 for the profile that each account has. */
  createdAt: number;
}

export type ProfileChange = Partial<Omit<ProfileEntry, "id" | "createdAt">>;

/** The result of checking a PIN. `until`: when the next attempt is accepted, in milliseconds since the epoch. */
export type PinCheck =
  | { result: "right" | "missing" | "wrong" }
  | { result: "paused"; until: number };

/** Profiles, and what belongs to one of them rather than to the account: what there was is the holder's. */
export const PROFILES_SCHEMA = `
  CREATE TABLE profiles (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    avatar TEXT NOT NULL,
    kids INTEGER NOT NULL,
    maturity_limit TEXT,
    locked INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  INSERT INTO profiles VALUES ('main', '', 'fox', 0, NULL, 0, 0);
  CREATE TABLE profile_pin (
    id INTEGER PRIMARY KEY,
    hash TEXT,
    failures INTEGER NOT NULL,
    paused_until INTEGER NOT NULL
  );
  INSERT INTO profile_pin VALUES (1, NULL, 0, 0);

  CREATE TABLE profile_progress (
    profile_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    position REAL NOT NULL,
    finished INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (profile_id, video_id)
  ) WITHOUT ROWID;
  INSERT INTO profile_progress SELECT 'main', * FROM progress;
  DROP TABLE progress;
  ALTER TABLE profile_progress RENAME TO progress;
  CREATE INDEX progress_recent ON progress (profile_id, updated_at);

  CREATE TABLE profile_watchlist (
    profile_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (profile_id, video_id)
  ) WITHOUT ROWID;
  INSERT INTO profile_watchlist SELECT 'main', * FROM watchlist;
  DROP TABLE watchlist;
  ALTER TABLE profile_watchlist RENAME TO watchlist;
  CREATE INDEX watchlist_recent ON watchlist (profile_id, added_at, video_id);

  CREATE TABLE profile_likes (
    profile_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (profile_id, video_id)
  ) WITHOUT ROWID;
  INSERT INTO profile_likes SELECT 'main', * FROM likes;
  DROP TABLE likes;
  ALTER TABLE profile_likes RENAME TO likes;
  CREATE INDEX likes_recent ON likes (profile_id, added_at, video_id);

  CREATE TABLE profile_settings (profile_id TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  INSERT INTO profile_settings SELECT 'main', value FROM watch_settings LIMIT 1;
  DROP TABLE watch_settings;
  ALTER TABLE profile_settings RENAME TO watch_settings;`;

interface ProfileRow extends Record<string, SqlStorageValue> {
  id: string;
  name: string;
  avatar: Avatar;
  kids: number;
  maturity_limit: MaturityLimit | null;
  locked: number;
  created_at: number;
}

/** The profiles of an account and its PIN, in the database of its object. */
export class ProfileStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  /** The holder's first, then the oldest. */
  list(): ProfileEntry[] {
    return this.#sql
      .exec<ProfileRow>("SELECT * FROM profiles ORDER BY created_at, id")
      .toArray()
      .map(toProfile);
  }

  get(id: string): ProfileEntry | null {
    const [row] = this.#sql.exec<ProfileRow>("SELECT * FROM profiles WHERE id = ?", id).toArray();
    return row ? toProfile(row) : null;
  }

  /** @returns false when the account has as many as it can have */
  create({ id, name, avatar, kids, maturityLimit, locked, createdAt }: ProfileEntry): boolean {
    if (this.list().length >= LIMITS.profilesPerAccount) return false;
    this.#sql.exec(
      "INSERT INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?)",
      id,
      name,
      avatar,
      Number(kids),
      maturityLimit,
      Number(locked),
      createdAt,
    );
    return true;
  }

  update(id: string, change: ProfileChange): void {
    const before = this.get(id);
    if (!before) return;
    const { name, avatar, kids, maturityLimit, locked } = { ...before, ...change };
    this.#sql.exec(
      `UPDATE profiles SET name = ?, avatar = ?, kids = ?, maturity_limit = ?, locked = ?
       WHERE id = ?`,
      name,
      avatar,
      Number(kids),
      maturityLimit,
      Number(locked),
      id,
    );
  }

  /** Deletes a profile with all of its data. The holder's profile cannot be deleted. */
  delete(id: string): void {
    if (id === MAIN_PROFILE) return;
    this.#storage.transactionSync(() => {
      for (const table of ["progress", "watchlist", "likes", "watch_settings"])
        this.#sql.exec(`DELETE FROM ${table} WHERE profile_id = ?`, id);
      this.#sql.exec("DELETE FROM profiles WHERE id = ?", id);
    });
  }

  hasPin(): boolean {
    return this.#pin().hash !== null;
  }

  /** @param hash null removes it */
  setPin(hash: string | null): void {
    this.#sql.exec("UPDATE profile_pin SET hash = ?, failures = 0, paused_until = 0", hash);
  }

  /**
   * Compares a PIN, and counts the wrong ones. An account without a PIN takes any.
   * @param hash of the PIN that was entered; null for none, which is no attempt
   */
  checkPin(hash: string | null, now: number): PinCheck {
    const pin = this.#pin();
    if (pin.hash === null) return { result: "right" };
    if (pin.paused_until > now) return { result: "paused", until: pin.paused_until };
    if (hash === null) return { result: "missing" };
    const isRight = hash === pin.hash;
    const failures = isRight ? 0 : pin.failures + 1;
    const isPaused = failures >= MAX_PIN_ATTEMPTS;
    const until = isPaused ? now + PIN_PAUSE_MS : 0;
    this.#sql.exec(
      "UPDATE profile_pin SET failures = ?, paused_until = ?",
      isPaused ? 0 : failures,
      until,
    );
    if (isPaused) return { result: "paused", until };
    return { result: isRight ? "right" : "wrong" };
  }

  #pin(): { hash: string | null; failures: number; paused_until: number } {
    return this.#sql
      .exec<{ hash: string | null; failures: number; paused_until: number }>(
        "SELECT hash, failures, paused_until FROM profile_pin",
      )
      .one();
  }
}

function toProfile({ kids, locked, maturity_limit, created_at, ...row }: ProfileRow): ProfileEntry {
  return {
    id: row.id,
    name: row.name,
    avatar: row.avatar,
    kids: kids === 1,
    maturityLimit: maturity_limit,
    locked: locked === 1,
    createdAt: created_at,
  };
}
