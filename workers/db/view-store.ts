import type { AudienceSums } from "../contract/messages.ts";
import { newId } from "../domain/id.ts";
import { PERSON_WINDOW_MS } from "../domain/views.ts";
import { AUDIENCE_SCHEMA, AudienceStore } from "./audience-store.ts";
import { type LikeChange, LIKES_SCHEMA, LikeStore } from "./like-store.ts";
import { migrateObject } from "./object-schema.ts";
import type { ViewerPick } from "./popular-searches.ts";
import type { OldView, ViewFlush } from "./views.ts";

/** A player's claim that a playback is a view. Times are milliseconds since the epoch. */
export interface ViewClaim {
  videoId: string;
  sessionId: string;
  /** Keyed hash of the viewer. */
  who: string;
  at: number;
  /** How long before that the playback must have begun to fetch the video, at least. */
  viewTimeMs: number;
}

/** The content of one flush: single views, picks, and changes of likes. */
export type ViewBatch = Pick<ViewFlush, "counter" | "sequence"> & {
  views: { videoId: string; who: string; at: number }[];
  picks: (ViewerPick & Record<string, SqlStorageValue>)[];
  likes: LikeChange[];
};

/** Views, picks, and videos whose likes changed, of one flush; more make another. */
const MAX_ROWS_PER_FLUSH = 1000;

/**
 * `flush`: number of the flush that a view or a pick is part of; null until then. `picks` has those that CATALOG does not
 * have yet. One step per change of the schema, in order.
 */
const SCHEMA_STEPS = [
  `CREATE TABLE counter (id TEXT NOT NULL, sequence INTEGER NOT NULL);
   CREATE TABLE playbacks (
     video_id TEXT NOT NULL,
     session_id TEXT NOT NULL,
     fetched_at INTEGER NOT NULL,
     who TEXT NOT NULL DEFAULT '',
     viewed_at INTEGER,
     flush INTEGER,
     PRIMARY KEY (video_id, session_id)
   ) WITHOUT ROWID;
   CREATE INDEX playbacks_person ON playbacks (video_id, who, viewed_at) WHERE viewed_at IS NOT NULL;
   CREATE INDEX playbacks_age ON playbacks (fetched_at);
   CREATE INDEX playbacks_waiting ON playbacks (viewed_at) WHERE flush IS NULL AND viewed_at IS NOT NULL;
   CREATE INDEX playbacks_flush ON playbacks (flush) WHERE flush > 0;
   CREATE TABLE picks (
     query TEXT NOT NULL,
     who TEXT NOT NULL,
     video_id TEXT NOT NULL,
     seen_at INTEGER NOT NULL,
     flush INTEGER,
     PRIMARY KEY (query, who)
   ) WITHOUT ROWID;
   CREATE INDEX picks_flush ON picks (flush);`,
  LIKES_SCHEMA,
  AUDIENCE_SCHEMA,
];

const IS_WAITING = "flush IS NULL AND viewed_at IS NOT NULL";

/** The database of a counter of views (jobs/views/view-counter.ts): playbacks, and what CATALOG does not have yet. */
export class ViewStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly likes: LikeStore;
  readonly audience: AudienceStore;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.likes = new LikeStore(storage.sql);
    this.audience = new AudienceStore(storage);
    migrateObject(storage, SCHEMA_STEPS);
  }

  /** Notes when a playback began to fetch the video. The earliest time counts. */
  noteFetch(videoId: string, sessionId: string, at: number): void {
    this.#sql.exec(
      `INSERT INTO playbacks (video_id, session_id, fetched_at) VALUES (?, ?, ?)
       ON CONFLICT (video_id, session_id) DO UPDATE SET fetched_at = min(fetched_at, excluded.fetched_at)`,
      videoId,
      sessionId,
      at,
    );
  }

  /**
   * Counts a playback as a view if it began to fetch the video long enough ago, once, and not if the same viewer had a view of
   * the video shortly before.
   * @returns whether it counts
   */
  countView({ videoId, sessionId, who, at, viewTimeMs }: ViewClaim): boolean {
    const counted = this.#sql.exec(
      `UPDATE playbacks SET who = ?3, viewed_at = ?4
       WHERE video_id = ?1 AND session_id = ?2 AND viewed_at IS NULL AND fetched_at <= ?4 - ?5
         AND (?3 = '' OR NOT EXISTS (
           SELECT 1 FROM playbacks
           WHERE video_id = ?1 AND who = ?3 AND viewed_at > ?4 - ?6))
       RETURNING 1`,
      videoId,
      sessionId,
      who,
      at,
      viewTimeMs,
      PERSON_WINDOW_MS,
    );
    return counted.toArray().length > 0;
  }

  countPick(pick: ViewerPick): void {
    const { query, who, videoId, at } = pick;
    this.audience.noteSearch(pick);
    this.#sql.exec(
      "INSERT INTO picks (query, who, video_id, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      query,
      who,
      videoId,
      at,
    );
  }

  /** Remembers views that CATALOG has counted, so that they do not count again. */
  importViews(rows: readonly OldView[]): void {
    this.#storage.transactionSync(() => {
      for (const { videoId, sessionId, who, seenAt } of rows)
        this.#sql.exec(
          `INSERT INTO playbacks (video_id, session_id, fetched_at, who, viewed_at, flush)
           VALUES (?1, ?2, ?4, ?3, ?4, 0)
           ON CONFLICT (video_id, session_id) DO UPDATE
           SET who = excluded.who, viewed_at = excluded.viewed_at, flush = 0 WHERE viewed_at IS NULL`,
          videoId,
          sessionId,
          who,
          seenAt,
        );
    });
  }

  /** Forgets playbacks that began before a time, unless CATALOG does not have their views yet. */
  forgetPlaybacks(before: number): void {
    this.#sql.exec(
      "DELETE FROM playbacks WHERE fetched_at < ? AND (viewed_at IS NULL OR flush = 0)",
      before,
    );
  }

  /** Whether nothing is left to flush or to delete. Likes are kept permanently. */
  isEmpty(): boolean {
    const { found } = this.#sql
      .exec<{ found: number }>(
        "SELECT EXISTS (SELECT 1 FROM playbacks) OR EXISTS (SELECT 1 FROM picks) AS found",
      )
      .one();
    return found === 0 && !this.likes.hasChanges() && this.audience.isEmpty();
  }

  /** Whether there is something that CATALOG does not have. */
  hasWaiting(): boolean {
    const { found } = this.#sql
      .exec<{ found: number }>(
        `SELECT EXISTS (SELECT 1 FROM picks)
           OR EXISTS (SELECT 1 FROM playbacks WHERE flush > 0)
           OR EXISTS (SELECT 1 FROM playbacks WHERE ${IS_WAITING}) AS found`,
      )
      .one();
    return found === 1 || this.likes.hasChanges();
  }

  #counter(): { id: string; sequence: number } {
    const [row] = this.#sql
      .exec<{ id: string; sequence: number }>("SELECT * FROM counter")
      .toArray();
    if (row) return row;
    const created = { id: newId(), sequence: 1 };
    this.#sql.exec("INSERT INTO counter VALUES (?, ?)", created.id, created.sequence);
    return created;
  }

  /** The batch that was begun before, and may or may not have reached CATALOG, or else one of what waits. */
  nextBatch(): ViewBatch {
    const { id, sequence } = this.#counter();
    const begun = this.#batch(id, sequence);
    if (begun.views.length + begun.picks.length + begun.likes.length > 0) return begun;
    this.#storage.transactionSync(() => {
      this.likes.begin(sequence, MAX_ROWS_PER_FLUSH);
      const picks = this.#sql.exec(
        `UPDATE picks SET flush = ?1 WHERE (query, who) IN (SELECT query, who FROM picks LIMIT ?2)
         RETURNING 1`,
        sequence,
        MAX_ROWS_PER_FLUSH,
      );
      // Picks come first: the record that viewers watched what they had found is part of their picks.
      if (picks.toArray().length < MAX_ROWS_PER_FLUSH)
        this.#sql.exec(
          `UPDATE playbacks SET flush = ?1 WHERE (video_id, session_id) IN (
             SELECT video_id, session_id FROM playbacks WHERE ${IS_WAITING} ORDER BY viewed_at LIMIT ?2)`,
          sequence,
          MAX_ROWS_PER_FLUSH,
        );
    });
    return this.#batch(id, sequence);
  }

  #batch(counter: string, sequence: number): ViewBatch {
    const views = this.#sql.exec<ViewBatch["views"][number]>(
      "SELECT video_id AS videoId, who, viewed_at AS at FROM playbacks WHERE flush = ?",
      sequence,
    );
    const picks = this.#sql.exec<ViewBatch["picks"][number]>(
      "SELECT query, who, video_id AS videoId, seen_at AS at FROM picks WHERE flush = ?",
      sequence,
    );
    const likes = this.likes.changesOf(sequence);
    return { counter, sequence, views: views.toArray(), picks: picks.toArray(), likes };
  }

  /** CATALOG has this flush. @param sums its views, for the analytics of their creators */
  finish(sequence: number, sums: readonly AudienceSums[], at: number): void {
    this.#storage.transactionSync(() => {
      this.audience.addMessages(sums, at);
      this.#sql.exec("UPDATE playbacks SET flush = 0 WHERE flush = ?", sequence);
      this.#sql.exec("DELETE FROM picks WHERE flush = ?", sequence);
      this.likes.finish(sequence);
      this.#sql.exec("UPDATE counter SET sequence = ?", sequence + 1);
    });
  }
}
