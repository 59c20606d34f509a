import type { AudienceMessage, AudienceSums } from "../contract/messages.ts";
import {
  type AudienceReport,
  isConsistent,
  isPossible,
} from "../domain/audience/audience-report.ts";
import { AudienceTally, type CountedVideo, inMessages } from "../domain/audience/audience-sums.ts";
import { newId } from "../domain/id.ts";
import { PERSON_WINDOW_MS } from "../domain/views.ts";
import type { ViewerPick } from "./popular-searches.ts";

/** A report of a playback. */
export interface ReportedPlayback {
  videoId: string;
  sessionId: string;
  /** Milliseconds since the epoch. */
  at: number;
  report: AudienceReport;
}

/** A video, and the hash of its creator, whose own views do not count. */
export interface KnownVideo extends CountedVideo {
  creator: string;
}

/** Reports that are counted together. More of one video would not fit into a message. */
const REPORTS_PER_COUNT = 200;

/**
 * `report`: the newest of a playback; `counted`: the one that was counted last. `searches`: how viewers found videos.
 * `audience_messages`: what the queue does not have yet.
 */
export const AUDIENCE_SCHEMA = `
  CREATE TABLE reports (
    video_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    watched REAL NOT NULL,
    report TEXT NOT NULL,
    counted TEXT,
    waits INTEGER,
    PRIMARY KEY (video_id, session_id)
  ) WITHOUT ROWID;
  CREATE INDEX reports_age ON reports (reported_at);
  CREATE INDEX reports_waiting ON reports (reported_at) WHERE waits = 1;
  CREATE TABLE searches (
    video_id TEXT NOT NULL,
    who TEXT NOT NULL,
    query TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (video_id, who)
  ) WITHOUT ROWID;
  CREATE INDEX searches_age ON searches (at);
  CREATE TABLE audience_messages (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;`;

interface WaitingReport extends Record<string, SqlStorageValue> {
  videoId: string;
  sessionId: string;
  at: number;
  report: string;
  counted: string | null;
  who: string;
  query: string | null;
}

/**
 * Players' reports about views, in the database of their counter (jobs/views/view-counter.ts), until they are counted
 * and sent to the queue. It also reads the playbacks, which determine what counts as a view.
 */
export class AudienceStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  /**
   * Keeps a report of a playback that has counted as a view, if it says more than the one before and no more than can have
   * happened.
   * @returns whether it was kept
   */
  note({ videoId, sessionId, at, report }: ReportedPlayback): boolean {
    const [view] = this.#sql
      .exec<{ fetchedAt: number }>(
        `SELECT fetched_at AS fetchedAt FROM playbacks
         WHERE video_id = ? AND session_id = ? AND viewed_at IS NOT NULL`,
        videoId,
        sessionId,
      )
      .toArray();
    if (!view || !isPossible(report, at - view.fetchedAt)) return false;
    const kept = this.#sql.exec(
      `INSERT INTO reports (video_id, session_id, reported_at, watched, report, waits)
       VALUES (?, ?, ?, ?, ?, 1)
       ON CONFLICT (video_id, session_id) DO UPDATE
       SET reported_at = excluded.reported_at, watched = excluded.watched, report = excluded.report, waits = 1
       WHERE excluded.watched > watched
       RETURNING 1`,
      videoId,
      sessionId,
      at,
      report.watched,
      JSON.stringify(report),
    );
    return kept.toArray().length > 0;
  }

  noteSearch({ videoId, who, query, at }: ViewerPick): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO searches (video_id, who, query, at) VALUES (?, ?, ?, ?)",
      videoId,
      who,
      query,
      at,
    );
  }

  /** The reports that are counted next. Plan: `reports_waiting`, each with its playback and its search by primary key. */
  #waiting(): WaitingReport[] {
    return this.#sql
      .exec<WaitingReport>(
        `SELECT r.video_id AS videoId, r.session_id AS sessionId, reported_at AS at, report, counted, p.who, query
         FROM reports r
         JOIN playbacks p ON p.video_id = r.video_id AND p.session_id = r.session_id
         LEFT JOIN searches s ON s.video_id = p.video_id AND s.who = p.who
           AND s.at BETWEEN p.viewed_at - ?1 AND p.viewed_at
         WHERE waits = 1 ORDER BY reported_at LIMIT ?2`,
        PERSON_WINDOW_MS,
        REPORTS_PER_COUNT,
      )
      .toArray();
  }

  /** Ids of the videos that `count` has to know. */
  waitingVideos(): string[] {
    return [...new Set(this.#waiting().map(({ videoId }) => videoId))];
  }

  /**
   * Counts reports, and stores their content as messages.
   * @param asked the videos that were looked up; the ones in `known` exist
   */
  count(asked: readonly string[], known: ReadonlyMap<string, KnownVideo>, at: number): void {
    const looked = new Set(asked);
    this.#storage.transactionSync(() => {
      const tally = new AudienceTally();
      // Other reports arrived in the meantime; they are next.
      for (const row of this.#waiting().filter(({ videoId }) => looked.has(videoId))) {
        const video = known.get(row.videoId);
        const isCounted = video !== undefined && this.#countOne(tally, row, video);
        this.#sql.exec(
          `UPDATE reports SET waits = NULL, counted = CASE WHEN ?3 THEN report ELSE counted END
           WHERE video_id = ?1 AND session_id = ?2`,
          row.videoId,
          row.sessionId,
          Number(isCounted),
        );
      }
      this.addMessages(tally.sums(), at);
    });
  }

  #countOne(tally: AudienceTally, row: WaitingReport, video: KnownVideo): boolean {
    const { videoId, at, query, who } = row;
    const report = JSON.parse(row.report) as AudienceReport;
    const counted = row.counted === null ? null : (JSON.parse(row.counted) as AudienceReport);
    if (who === video.creator) return false;
    if (video.duration !== null && !isConsistent(report, video.duration)) return false;
    tally.addReport({ videoId, at, report, counted, query }, video);
    return true;
  }

  /** Keeps sums until the queue has them. */
  addMessages(sums: readonly AudienceSums[], at: number): void {
    for (const videos of inMessages(sums)) {
      const message: AudienceMessage = { kind: "audience", id: newId(), at, videos };
      this.#sql.exec(
        "INSERT INTO audience_messages VALUES (?, ?)",
        message.id,
        JSON.stringify(message),
      );
    }
  }

  /** The next message that the queue does not have. It has the same id however often it is sent. */
  nextMessage(): AudienceMessage | null {
    const [row] = this.#sql
      .exec<{ body: string }>("SELECT body FROM audience_messages LIMIT 1")
      .toArray();
    return row ? (JSON.parse(row.body) as AudienceMessage) : null;
  }

  /** The queue has this message. */
  finishMessage(id: string): void {
    this.#sql.exec("DELETE FROM audience_messages WHERE id = ?", id);
  }

  forget(before: number): void {
    this.#sql.exec("DELETE FROM reports WHERE reported_at < ?", before);
    this.#sql.exec("DELETE FROM searches WHERE at < ?", before);
  }

  /** Whether nothing is left to count, to send or to forget. */
  isEmpty(): boolean {
    const { found } = this.#sql
      .exec<{ found: number }>(
        `SELECT EXISTS (SELECT 1 FROM reports) OR EXISTS (SELECT 1 FROM searches)
           OR EXISTS (SELECT 1 FROM audience_messages) AS found`,
      )
      .one();
    return found === 0;
  }
}
