import { DurableObject } from "cloudflare:workers";
import { newId } from "../domain/id.ts";
import { hashAccount } from "../domain/viewer-hash.ts";
import { PERSON_WINDOW_MS } from "../domain/views.ts";
import { log } from "../log.ts";
import { catalog } from "./client.ts";
import { migrateObject } from "./object-schema.ts";
import type { ViewerPick } from "./popular-searches.ts";
import { applyViewFlush, type OldView, ownersOf, type ViewFlush } from "./views.ts";

/** A player's claim that a playback is a view. Times are milliseconds since the epoch. */
export interface ViewClaim {
  videoId: string;
  sessionId: string;
  /** Keyed hash of the viewer. */
  who: string;
  at: number;
  /** At least so long before, the playback must have begun to fetch the video. */
  viewTimeMs: number;
}

/** How long views wait in a counter, so that one statement adds many of them to the catalogue. */
const FLUSH_INTERVAL_MS = 30_000;
const RETRY_INTERVAL_MS = 60_000;
/** Views, and picks, of one flush; more make another. */
const MAX_ROWS_PER_FLUSH = 1000;
/** Playbacks are remembered while their tokens may live, and a day longer. */
const MAX_PLAYBACK_AGE_MS = 2 * 86_400_000;
const CLEANUP_INTERVAL_MS = 6 * 3_600_000;

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
];

const IS_WAITING = "flush IS NULL AND viewed_at IS NOT NULL";

/**
 * Counts views and picks of search results, each once, for a share of the videos, and adds them to CATALOG in batches
 * (docs/decisions/552-view-counters.md). What it has accepted is stored here until CATALOG has it.
 */
export class ViewCounter extends DurableObject<Env> {
  #sql = this.ctx.storage.sql;
  #flushing: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => migrateObject(ctx.storage, SCHEMA_STEPS));
  }

  /** The gate saw a playback fetch the video itself. The earliest time counts. */
  async noteFetch(videoId: string, sessionId: string, at: number): Promise<void> {
    this.#sql.exec(
      `INSERT INTO playbacks (video_id, session_id, fetched_at) VALUES (?, ?, ?)
       ON CONFLICT (video_id, session_id) DO UPDATE SET fetched_at = min(fetched_at, excluded.fetched_at)`,
      videoId,
      sessionId,
      at,
    );
    await this.#wakeWithin(CLEANUP_INTERVAL_MS);
  }

  /**
   * Counts a playback as a view if it has fetched the video long enough ago, once, and not if the same person had a view of
   * the video shortly before.
   */
  async countView({ videoId, sessionId, who, at, viewTimeMs }: ViewClaim): Promise<void> {
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
    if (counted.toArray().length > 0) await this.#wakeWithin(FLUSH_INTERVAL_MS);
  }

  /** Counts a search that led to a video. */
  async countPick({ query, who, videoId, at }: ViewerPick): Promise<void> {
    this.#sql.exec(
      "INSERT INTO picks (query, who, video_id, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      query,
      who,
      videoId,
      at,
    );
    await this.#wakeWithin(FLUSH_INTERVAL_MS);
  }

  /** Remembers views that CATALOG has counted, so that they do not count again. */
  async importViews(
    rows: readonly Pick<OldView, "videoId" | "sessionId" | "who" | "seenAt">[],
  ): Promise<void> {
    this.ctx.storage.transactionSync(() => {
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
    await this.#wakeWithin(CLEANUP_INTERVAL_MS);
  }

  /** Has `alarm` called within this time. */
  async #wakeWithin(ms: number): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    const due = Date.now() + ms;
    if (alarm === null || alarm > due) await this.ctx.storage.setAlarm(due);
  }

  /** Never throws: the platform gives an alarm up that fails some times. */
  override async alarm(): Promise<void> {
    let nextMs = FLUSH_INTERVAL_MS;
    try {
      await this.flush();
      this.#sql.exec(
        "DELETE FROM playbacks WHERE fetched_at < ? AND (viewed_at IS NULL OR flush = 0)",
        Date.now() - MAX_PLAYBACK_AGE_MS,
      );
      if (!this.#hasWaiting()) nextMs = CLEANUP_INTERVAL_MS;
    } catch (error) {
      log("views.not-flushed", { error: String(error) });
      nextMs = RETRY_INTERVAL_MS;
    }
    const { isEmpty } = this.#sql
      .exec<{ isEmpty: number }>(
        "SELECT NOT EXISTS (SELECT 1 FROM playbacks) AND NOT EXISTS (SELECT 1 FROM picks) AS isEmpty",
      )
      .one();
    if (isEmpty === 0) await this.#wakeWithin(nextMs);
  }

  /** Adds all that waits to CATALOG. */
  async flush(): Promise<void> {
    this.#flushing ??= this.#flushAll().finally(() => (this.#flushing = null));
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    while (this.#hasWaiting()) {
      const batch = this.#nextBatch();
      const db = catalog(this.env);
      const owners = await ownersOf(db, [...new Set(batch.views.map(({ videoId }) => videoId))]);
      await applyViewFlush(db, await flushOf(batch, owners, this.env.BETTER_AUTH_SECRET));
      this.#finish(batch.sequence);
    }
  }

  #hasWaiting(): boolean {
    const { found } = this.#sql
      .exec<{ found: number }>(
        `SELECT EXISTS (SELECT 1 FROM picks)
           OR EXISTS (SELECT 1 FROM playbacks WHERE flush > 0)
           OR EXISTS (SELECT 1 FROM playbacks WHERE ${IS_WAITING}) AS found`,
      )
      .one();
    return found === 1;
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
  #nextBatch(): Batch {
    const { id, sequence } = this.#counter();
    const begun = this.#batch(id, sequence);
    if (begun.views.length > 0 || begun.picks.length > 0) return begun;
    this.ctx.storage.transactionSync(() => {
      const picks = this.#sql.exec(
        `UPDATE picks SET flush = ?1 WHERE (query, who) IN (SELECT query, who FROM picks LIMIT ?2)
         RETURNING 1`,
        sequence,
        MAX_ROWS_PER_FLUSH,
      );
      // Picks come first: that viewers watched what they had found is noted with their picks.
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

  #batch(counter: string, sequence: number): Batch {
    const views = this.#sql.exec<Batch["views"][number]>(
      "SELECT video_id AS videoId, who, viewed_at AS at FROM playbacks WHERE flush = ?",
      sequence,
    );
    const picks = this.#sql.exec<Batch["picks"][number]>(
      "SELECT query, who, video_id AS videoId, seen_at AS at FROM picks WHERE flush = ?",
      sequence,
    );
    return { counter, sequence, views: views.toArray(), picks: picks.toArray() };
  }

  /** CATALOG has this flush. */
  #finish(sequence: number): void {
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec("UPDATE playbacks SET flush = 0 WHERE flush = ?", sequence);
      this.#sql.exec("DELETE FROM picks WHERE flush = ?", sequence);
      this.#sql.exec("UPDATE counter SET sequence = ?", sequence + 1);
    });
  }
}

/** What one flush takes. */
type Batch = Pick<ViewFlush, "counter" | "sequence"> & {
  views: { videoId: string; who: string; at: number }[];
  picks: (ViewerPick & Record<string, SqlStorageValue>)[];
};

/** Views per video, without those of its own creator. */
async function flushOf(
  { counter, sequence, views, picks }: Batch,
  owners: ReadonlyMap<string, string>,
  secret: string,
): Promise<ViewFlush> {
  const creators = new Map<string, string>();
  for (const [videoId, ownerId] of owners)
    creators.set(videoId, await hashAccount(secret, ownerId));
  const foreign = views.filter(({ videoId, who }) => who === "" || creators.get(videoId) !== who);
  const byVideo = new Map<string, { videoId: string; count: number; at: number }>();
  for (const { videoId, at } of foreign) {
    const before = byVideo.get(videoId);
    byVideo.set(videoId, {
      videoId,
      count: (before?.count ?? 0) + 1,
      at: Math.max(before?.at ?? 0, at),
    });
  }
  const watched = foreign.filter(({ who }) => who !== "");
  return { counter, sequence, views: [...byVideo.values()], watched, picks };
}
