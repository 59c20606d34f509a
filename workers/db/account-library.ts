import { LIMITS } from "../domain/limits.ts";
import {
  DEFAULT_WATCH_SETTINGS,
  WatchSettings,
  type WatchSettingsPatch,
} from "../contract/library.ts";
import type { PlaylistPatch } from "../contract/playlists.ts";
import {
  type ItemPlace,
  PLAYLISTS_SCHEMA,
  type PlaylistEntry,
  type PlaylistItemEntry,
  PlaylistStore,
  type PlaylistSummary,
} from "./library/playlist-store.ts";
import { PROGRESS_SCHEMA, type ProgressEntry, ProgressStore } from "./library/progress-store.ts";
import {
  SAVED_LISTS_SCHEMA,
  type SavedEntry,
  SavedList,
  type SavedListName,
} from "./library/saved-list.ts";
import { FOLLOWS_SCHEMA } from "./library/follow-store.ts";
import { FollowingObject } from "./library/following-object.ts";
import { migrateObject } from "./object-schema.ts";

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
  PROGRESS_SCHEMA,
  `CREATE TABLE streams (
     session_id TEXT PRIMARY KEY,
     video_id TEXT NOT NULL,
     expires_at INTEGER NOT NULL
   ) WITHOUT ROWID;`,
  SAVED_LISTS_SCHEMA,
  PLAYLISTS_SCHEMA,
  "CREATE TABLE watch_settings (value TEXT NOT NULL);",
  FOLLOWS_SCHEMA,
];

const MAX_SAVED = {
  watchlist: LIMITS.watchlistPerAccount,
  likes: LIMITS.likesPerAccount,
} as const satisfies Record<SavedListName, number>;

/** What an account keeps about one video. */
export interface VideoNotes {
  progress: ProgressEntry | null;
  inWatchlist: boolean;
  liked: boolean;
  settings: WatchSettings;
}

export interface LibraryExport {
  watched: ProgressEntry[];
  watchlist: SavedEntry[];
  likes: SavedEntry[];
  playlists: (PlaylistEntry & { videos: PlaylistItemEntry[] })[];
  watchSettings: WatchSettings;
}

/**
 * What an account keeps for itself: how far it has watched which videos, its lists and settings, and what it plays now. One object per account, by
 * its id, with a database of its own, so that viewers who play write nothing to CATALOG
 * (docs/decisions/550-account-library.md). The Worker calls it by RPC after it has authorised the caller.
 */
export class AccountLibrary extends FollowingObject {
  #sql = this.ctx.storage.sql;
  #progress = new ProgressStore(this.ctx.storage);
  #saved = {
    watchlist: new SavedList(this.#sql, "watchlist"),
    likes: new SavedList(this.#sql, "likes"),
  } as const satisfies Record<SavedListName, SavedList>;
  #playlists = new PlaylistStore(this.ctx.storage);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => this.#migrate());
  }

  #migrate(): void {
    migrateObject(this.ctx.storage, SCHEMA_STEPS);
  }

  /** Stores the newest position, unless the history is paused. */
  putProgress(entry: ProgressEntry): void {
    if (!this.readSettings().historyPaused) this.#progress.put(entry);
  }

  /** Adds entries that were kept elsewhere. A newer one of the same video stays. */
  importProgress(entries: ProgressEntry[]): void {
    this.#progress.import(entries);
  }

  getProgress(videoId: string): ProgressEntry | null {
    return this.#progress.get(videoId);
  }

  /** What the account watched, latest first. @param before only older entries, in milliseconds since the epoch */
  listProgress(limit: number, before = Number.MAX_SAFE_INTEGER): ProgressEntry[] {
    return this.#progress.list(limit, before);
  }

  removeProgress(videoId: string): void {
    this.#progress.remove([videoId]);
  }

  /** Removes videos that are gone from everything. */
  forgetVideos(videoIds: string[]): void {
    this.#progress.remove(videoIds);
    for (const list of Object.values(this.#saved)) list.remove(videoIds);
    this.#playlists.forgetVideos(videoIds);
  }

  clearProgress(): void {
    this.#progress.clear();
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

  /** Adds what a browser kept without an account: positions unless the history is paused, and as much as there is room for. */
  importKept(kept: { watchlist: SavedEntry[]; positions: ProgressEntry[] }): void {
    for (const entry of kept.watchlist) this.addSaved("watchlist", entry);
    if (!this.readSettings().historyPaused) this.importProgress(kept.positions);
  }

  notesOf(videoId: string): VideoNotes {
    return {
      progress: this.getProgress(videoId),
      inWatchlist: this.#saved.watchlist.has(videoId),
      liked: this.#saved.likes.has(videoId),
      settings: this.readSettings(),
    };
  }

  /** @returns false when the list is full */
  addSaved(list: SavedListName, entry: SavedEntry): boolean {
    return this.#saved[list].add(entry, MAX_SAVED[list]);
  }

  hasSaved(list: SavedListName, videoId: string): boolean {
    return this.#saved[list].has(videoId);
  }

  removeSaved(list: SavedListName, videoId: string): void {
    this.#saved[list].remove([videoId]);
  }

  listSaved(list: SavedListName, limit: number, before?: SavedEntry): SavedEntry[] {
    return this.#saved[list].list(limit, before);
  }

  /** @returns false when the account has as many as it can have */
  createPlaylist(playlist: PlaylistEntry): boolean {
    return this.#playlists.create(playlist);
  }

  getPlaylist(id: string): PlaylistEntry | null {
    return this.#playlists.get(id);
  }

  /** @param videoId tells which of them have this video */
  listPlaylists(videoId?: string): {
    playlists: PlaylistSummary[];
    having: string[];
    inWatchlist: boolean;
  } {
    return {
      playlists: this.#playlists.list(),
      having: videoId === undefined ? [] : this.#playlists.having(videoId),
      inWatchlist: videoId !== undefined && this.#saved.watchlist.has(videoId),
    };
  }

  updatePlaylist(id: string, patch: PlaylistPatch, now: number): void {
    this.#playlists.update(id, patch, now);
  }

  /** @returns the videos that it had */
  deletePlaylist(id: string): string[] {
    return this.#playlists.delete(id);
  }

  /** A playlist with all its videos in their order. */
  openPlaylist(id: string): { playlist: PlaylistEntry; items: PlaylistItemEntry[] } | null {
    const playlist = this.#playlists.get(id);
    return playlist && { playlist, items: this.#playlists.items(id) };
  }

  /** Adds a video to a playlist, or moves it. @returns false when the playlist is full */
  putPlaylistItem(id: string, place: ItemPlace, now: number): boolean {
    return this.#playlists.put(id, place, now);
  }

  removePlaylistItem(id: string, videoId: string, now: number): void {
    this.#playlists.removeItem(id, videoId, now);
  }

  readSettings(): WatchSettings {
    const [row] = this.#sql.exec<{ value: string }>("SELECT value FROM watch_settings").toArray();
    if (!row) return DEFAULT_WATCH_SETTINGS;
    // A setting that an earlier version did not have is at its default.
    return WatchSettings.parse({ ...DEFAULT_WATCH_SETTINGS, ...(JSON.parse(row.value) as object) });
  }

  changeSettings(patch: WatchSettingsPatch): WatchSettings {
    const settings = { ...this.readSettings(), ...patch };
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec("DELETE FROM watch_settings");
      this.#sql.exec("INSERT INTO watch_settings VALUES (?)", JSON.stringify(settings));
    });
    return settings;
  }

  /** Everything that is kept for good. */
  exportAll(): LibraryExport {
    return {
      watched: this.listProgress(LIMITS.watchedVideosPerAccount),
      watchlist: this.listSaved("watchlist", LIMITS.watchlistPerAccount),
      likes: this.listSaved("likes", LIMITS.likesPerAccount),
      playlists: this.#playlists
        .list()
        .map((playlist) => ({ ...playlist, videos: this.#playlists.items(playlist.id) })),
      watchSettings: this.readSettings(),
    };
  }

  /** Deletes all that the object stores: the account is gone. */
  async deleteAll(): Promise<void> {
    await this.ctx.storage.deleteAll();
    // For a call that arrives before the object is evicted.
    this.#migrate();
  }
}
