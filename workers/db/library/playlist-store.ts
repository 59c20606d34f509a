import type { PlaylistKind, PlaylistPatch } from "../../contract/playlists.ts";
import type { Visibility } from "../../contract/videos.ts";
import { LIMITS } from "../../domain/limits.ts";

export interface PlaylistEntry {
  id: string;
  kind: PlaylistKind;
  title: string;
  description: string;
  visibility: Visibility;
  /** Milliseconds since the epoch. */
  createdAt: number;
  updatedAt: number;
}

/** A playlist in a list of playlists. */
export interface PlaylistSummary extends PlaylistEntry {
  videoCount: number;
  firstVideoId: string | null;
}

export interface PlaylistItemEntry {
  videoId: string;
  /** 0 in a playlist without seasons. */
  season: number;
  /** Place within the season, from 1. */
  episode: number;
}

export interface ItemPlace {
  videoId: string;
  /** Undefined for the season of `after`, or else the video's current one; a new video in a series gets season 1. */
  season?: number | undefined;
  /** The video follows this one; null puts it first. Undefined keeps its place; a new one comes last. */
  after?: string | null | undefined;
}

export const PLAYLISTS_SCHEMA = `
  CREATE TABLE playlists (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    visibility TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE playlist_items (
    playlist_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    season INTEGER NOT NULL,
    place REAL NOT NULL,
    PRIMARY KEY (playlist_id, video_id)
  ) WITHOUT ROWID;
  CREATE INDEX playlist_items_order ON playlist_items (playlist_id, season, place);
  CREATE INDEX playlist_items_video ON playlist_items (video_id);`;

const COLUMNS = `
  id, kind, title, description, visibility, created_at AS createdAt, updated_at AS updatedAt`;

/** Places of neighbours closer than this are spread again before another video goes between them. */
const MIN_PLACE_GAP = 1e-6;

type Row<T> = T & Record<string, SqlStorageValue>;

/** The playlists of an account, in the database of its object: at most a few hundred, with a few hundred videos each. */
export class PlaylistStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  /** @returns false when the account has as many as it can have */
  create({ id, kind, title, description, visibility, createdAt }: PlaylistEntry): boolean {
    const { n } = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM playlists").one();
    if (n >= LIMITS.playlistsPerAccount) return false;
    this.#sql.exec(
      "INSERT INTO playlists VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
      id,
      kind,
      title,
      description,
      visibility,
      createdAt,
    );
    return true;
  }

  get(id: string): PlaylistEntry | null {
    const rows = this.#sql.exec<Row<PlaylistEntry>>(
      `SELECT ${COLUMNS} FROM playlists WHERE id = ?`,
      id,
    );
    return rows.toArray()[0] ?? null;
  }

  /** The newest change first. */
  list(): PlaylistSummary[] {
    return this.#sql
      .exec<Row<PlaylistSummary>>(
        `SELECT ${COLUMNS},
           (SELECT count(*) FROM playlist_items i WHERE i.playlist_id = p.id) AS videoCount,
           (SELECT video_id FROM playlist_items i WHERE i.playlist_id = p.id
            ORDER BY season, place LIMIT 1) AS firstVideoId
         FROM playlists p ORDER BY updated_at DESC, id`,
      )
      .toArray();
  }

  /** Ids of the playlists that have a video. Plan: the index of videos. */
  having(videoId: string): string[] {
    return this.#sql
      .exec<{ id: string }>(
        "SELECT playlist_id AS id FROM playlist_items WHERE video_id = ?",
        videoId,
      )
      .toArray()
      .map(({ id }) => id);
  }

  update(id: string, patch: PlaylistPatch, now: number): void {
    this.#sql.exec(
      `UPDATE playlists SET title = coalesce(?, title), description = coalesce(?, description),
         visibility = coalesce(?, visibility), updated_at = ? WHERE id = ?`,
      patch.title ?? null,
      patch.description ?? null,
      patch.visibility ?? null,
      now,
      id,
    );
  }

  /** @returns the videos that it had */
  delete(id: string): string[] {
    const videoIds = this.items(id).map((item) => item.videoId);
    this.#storage.transactionSync(() => {
      this.#sql.exec("DELETE FROM playlist_items WHERE playlist_id = ?", id);
      this.#sql.exec("DELETE FROM playlists WHERE id = ?", id);
    });
    return videoIds;
  }

  /** All videos in their order. Plan: the index of places, all rows of the playlist. */
  items(id: string): PlaylistItemEntry[] {
    return this.#sql
      .exec<Row<PlaylistItemEntry>>(
        `SELECT video_id AS videoId, season,
           row_number() OVER (PARTITION BY season ORDER BY place, video_id) AS episode
         FROM playlist_items WHERE playlist_id = ? ORDER BY season, place, video_id`,
        id,
      )
      .toArray();
  }

  /** Adds a video, or moves it. @returns false when the playlist is full */
  put(id: string, { videoId, season, after }: ItemPlace, now: number): boolean {
    return this.#storage.transactionSync(() => {
      const items = this.items(id);
      const before = items.find((item) => item.videoId === videoId);
      if (!before && items.length >= LIMITS.videosPerPlaylist) return false;
      const follows = items.find((item) => item.videoId === after);
      const isSeries = this.get(id)?.kind === "series";
      const target = isSeries ? (season ?? follows?.season ?? before?.season ?? 1) : 0;
      if (before && after === undefined && before.season === target) return true;
      const place = this.#placeAfter(id, videoId, target, after);
      this.#sql.exec(
        `INSERT INTO playlist_items VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (playlist_id, video_id) DO UPDATE SET season = ?3, place = ?4`,
        id,
        videoId,
        target,
        place,
      );
      this.#touch(id, now);
      return true;
    });
  }

  /** A place behind `after` among the other videos of a season, or at its end if `after` is not among them. */
  #placeAfter(id: string, videoId: string, season: number, after?: string | null): number {
    const places = () =>
      this.#sql
        .exec<{ videoId: string; place: number }>(
          `SELECT video_id AS videoId, place FROM playlist_items
           WHERE playlist_id = ? AND season = ? AND video_id <> ? ORDER BY place, video_id`,
          id,
          season,
          videoId,
        )
        .toArray();
    let others = places();
    const index = after === null ? 0 : others.findIndex((each) => each.videoId === after) + 1;
    const isAtEnd = index === others.length || (index === 0 && after !== null);
    if (isAtEnd) return (others.at(-1)?.place ?? 0) + 1;
    const gap = () => others[index]!.place - (others[index - 1]?.place ?? others[index]!.place - 2);
    if (gap() < MIN_PLACE_GAP) {
      for (const [place, each] of others.entries())
        this.#sql.exec(
          "UPDATE playlist_items SET place = ? WHERE playlist_id = ? AND video_id = ?",
          place + 1,
          id,
          each.videoId,
        );
      others = places();
    }
    return others[index]!.place - gap() / 2;
  }

  removeItem(id: string, videoId: string, now: number): void {
    this.#sql.exec(
      "DELETE FROM playlist_items WHERE playlist_id = ? AND video_id = ?",
      id,
      videoId,
    );
    this.#touch(id, now);
  }

  /** Removes videos that are gone from all playlists. */
  forgetVideos(videoIds: readonly string[]): void {
    for (const id of videoIds) this.#sql.exec("DELETE FROM playlist_items WHERE video_id = ?", id);
  }

  #touch(id: string, now: number): void {
    this.#sql.exec("UPDATE playlists SET updated_at = ? WHERE id = ?", now, id);
  }
}
