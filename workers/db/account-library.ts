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
import { PUSH_SCHEMA } from "./library/push-store.ts";
import { type ProfileEntry, PROFILES_SCHEMA } from "./library/profile-store.ts";
import { LikesObject } from "./library/likes-object.ts";
import { migrateObject } from "./object-schema.ts";

/** A playback that counts against the account's limit of concurrent streams. */
export interface StreamEntry {
  /** Session of the playback. */
  sessionId: string;
  videoId: string;
  /** When its newest token expires, in milliseconds since the epoch. */
  expiresAt: number;
}

/** One step per change, in order. */
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
  PROFILES_SCHEMA,
  PUSH_SCHEMA,
];

const MAX_TIME_MS = Number.MAX_SAFE_INTEGER;
const SAVED_LISTS = ["watchlist", "likes"] as const satisfies SavedListName[];

/** A profile's data about one video. */
export interface VideoNotes {
  progress: ProgressEntry | null;
  inWatchlist: boolean;
  liked: boolean;
  settings: WatchSettings;
}

/** A profile with all of its data. */
export interface ProfileExport extends ProfileEntry {
  watched: ProgressEntry[];
  watchlist: SavedEntry[];
  likes: SavedEntry[];
  watchSettings: WatchSettings;
}

export interface LibraryExport {
  profiles: ProfileExport[];
  playlists: (PlaylistEntry & { videos: PlaylistItemEntry[] })[];
}

/**
 * The data of one account: its profiles with their watch positions, lists and settings, its playlists, and its current
 * playbacks. One object per account, with a database of its own, so that viewers who play write nothing to CATALOG
 * (docs/decisions/550-account-library.md). The Worker calls it after it has authorised the caller.
 */
export class AccountLibrary extends LikesObject {
  #sql = this.ctx.storage.sql;
  #playlists = new PlaylistStore(this.ctx.storage);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => this.migrate());
  }

  #progressOf(profileId: string): ProgressStore {
    return new ProgressStore(this.ctx.storage, profileId);
  }

  #savedOf(profileId: string, list: SavedListName): SavedList {
    return new SavedList(this.#sql, list, profileId);
  }

  protected override readonly migrate = (): void => migrateObject(this.ctx.storage, SCHEMA_STEPS);

  /** Stores the newest position, unless the history is paused. */
  putProgress(profileId: string, entry: ProgressEntry): void {
    if (!this.readSettings(profileId).historyPaused) this.#progressOf(profileId).put(entry);
  }

  /** Adds entries that were kept elsewhere. A newer one of the same video stays. */
  importProgress(profileId: string, entries: ProgressEntry[]): void {
    this.#progressOf(profileId).import(entries);
  }

  getProgress(profileId: string, videoId: string): ProgressEntry | null {
    return this.#progressOf(profileId).get(videoId);
  }

  /** What a profile watched, latest first. @param before only older entries, in milliseconds since the epoch */
  listProgress(profileId: string, limit: number, before = MAX_TIME_MS): ProgressEntry[] {
    return this.#progressOf(profileId).list(limit, before);
  }

  removeProgress(profileId: string, videoId: string): void {
    this.#progressOf(profileId).remove([videoId]);
  }

  /** Removes videos that are gone from everything. */
  forgetVideos(videoIds: string[]): void {
    for (const { id } of this.listProfiles()) {
      this.#progressOf(id).remove(videoIds);
      for (const list of SAVED_LISTS) this.#savedOf(id, list).remove(videoIds);
    }
    this.#playlists.forgetVideos(videoIds);
  }

  clearProgress(profileId: string): void {
    this.#progressOf(profileId).clear();
  }

  /**
   * Records a stream, or extends the stream of its session, if the account has fewer other streams than the limit. An
   * object handles one call at a time, so concurrent requests cannot exceed it.
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

  /** Adds data that a browser stored without an account: positions unless the history is paused, up to the limits. */
  importKept(
    profileId: string,
    kept: { watchlist: SavedEntry[]; positions: ProgressEntry[] },
  ): void {
    for (const entry of kept.watchlist) this.addToWatchlist(profileId, entry);
    if (!this.readSettings(profileId).historyPaused) this.importProgress(profileId, kept.positions);
  }

  notesOf(profileId: string, videoId: string): VideoNotes {
    return {
      progress: this.getProgress(profileId, videoId),
      inWatchlist: this.#savedOf(profileId, "watchlist").has(videoId),
      liked: this.#savedOf(profileId, "likes").has(videoId),
      settings: this.readSettings(profileId),
    };
  }

  /** @returns false when the list is full */
  addToWatchlist(profileId: string, entry: SavedEntry): boolean {
    return this.#savedOf(profileId, "watchlist").add(entry, LIMITS.watchlistPerProfile);
  }

  removeFromWatchlist(profileId: string, videoId: string): void {
    this.#savedOf(profileId, "watchlist").remove([videoId]);
  }

  listSaved(
    profileId: string,
    list: SavedListName,
    limit: number,
    before?: SavedEntry,
  ): SavedEntry[] {
    return this.#savedOf(profileId, list).list(limit, before);
  }

  /** @returns false when the account has as many as it can have */
  createPlaylist(playlist: PlaylistEntry): boolean {
    return this.#playlists.create(playlist);
  }

  getPlaylist(id: string): PlaylistEntry | null {
    return this.#playlists.get(id);
  }

  /** @param videoId adds which of them contain this video, and whether a profile's watchlist does */
  listPlaylists(
    profileId: string,
    videoId?: string,
  ): {
    playlists: PlaylistSummary[];
    having: string[];
    inWatchlist: boolean;
  } {
    return {
      playlists: this.#playlists.list(),
      having: videoId === undefined ? [] : this.#playlists.having(videoId),
      inWatchlist: videoId !== undefined && this.#savedOf(profileId, "watchlist").has(videoId),
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

  readSettings(profileId: string): WatchSettings {
    const [row] = this.#sql
      .exec<{ value: string }>("SELECT value FROM watch_settings WHERE profile_id = ?", profileId)
      .toArray();
    if (!row) return DEFAULT_WATCH_SETTINGS;
    // A setting that an earlier version did not have is at its default.
    return WatchSettings.parse({ ...DEFAULT_WATCH_SETTINGS, ...(JSON.parse(row.value) as object) });
  }

  changeSettings(profileId: string, patch: WatchSettingsPatch): WatchSettings {
    const settings = { ...this.readSettings(profileId), ...patch };
    this.#sql.exec(
      `INSERT INTO watch_settings VALUES (?1, ?2)
       ON CONFLICT (profile_id) DO UPDATE SET value = ?2`,
      profileId,
      JSON.stringify(settings),
    );
    return settings;
  }

  /** All permanent data. */
  exportAll(): LibraryExport {
    return {
      profiles: this.listProfiles().map((profile) => ({
        ...profile,
        watched: this.listProgress(profile.id, LIMITS.watchedVideosPerProfile),
        watchlist: this.listSaved(profile.id, "watchlist", LIMITS.watchlistPerProfile),
        likes: this.listSaved(profile.id, "likes", LIMITS.likesPerProfile),
        watchSettings: this.readSettings(profile.id),
      })),
      playlists: this.#playlists
        .list()
        .map((playlist) => ({ ...playlist, videos: this.#playlists.items(playlist.id) })),
    };
  }
}
