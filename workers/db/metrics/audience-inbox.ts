import type { AudienceMessage } from "../../contract/messages.ts";
import { DAY_MS } from "../../domain/audience/audience-sums.ts";
import { counted } from "../statement-count.ts";
import type { MetricsEnv } from "./inbox.ts";

/**
 * Messages that one batch of statements adds up, at most about ten kilobytes each: this takes a quarter of a second
 * (`bench:catalog`) of the 30 s that D1 allows. A run of the cron has statements for about ten batches.
 */
const MESSAGES_PER_FOLD = 500;
/** A queue delivers a message again within its retries, which take minutes. */
const FOLDED_RETENTION_MS = 3_600_000;
/** Two periods of 48 hours, of which one is compared with the other. */
const MINUTES_RETENTION_MS = 4 * DAY_MS + 3_600_000;
/** Two periods of 365 days. */
const DAYS_RETENTION_MS = 731 * DAY_MS;

/** Keeps what counters of views have counted, until the cron adds it up. What is there already is left out. */
export async function keepAudienceMessages(
  env: MetricsEnv,
  messages: readonly Omit<AudienceMessage, "kind">[],
): Promise<void> {
  const rows = messages.map(({ id, at, videos }) => [id, at, JSON.stringify(videos)]);
  await counted(env.METRICS)
    .prepare(
      `INSERT OR IGNORE INTO audience_inbox (id, at, videos)
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
    )
    .bind(JSON.stringify(rows))
    .run();
}

/** The next messages that have not been added up. Plan: `audience_inbox_unfolded`. */
const NEXT = `SELECT seq FROM audience_inbox WHERE folded_at IS NULL ORDER BY seq LIMIT ${MESSAGES_PER_FOLD}`;
const VIDEO = `audience_inbox, json_each(audience_inbox.videos) AS video`;
/** Each is counted for the video, and for the account of its creator. */
const SUBJECT = `json_each(json_array(video.value ->> 'videoId', video.value ->> 'ownerId')) AS subject`;
const MINUTE = `json_each(video.value -> 'minutes') AS minute`;
const COLUMNS = ["views", "measured", "watched", "startups", "startup_ms", "rebuffering_ms"];
const SUMS = COLUMNS.map((_name, index) => `sum(minute.value ->> ${index + 1})`).join(", ");

const adding = (columns: readonly string[]): string =>
  columns.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");

/** Adds sums of minutes to a table of minutes or of days. */
function addTimes(table: "audience_minutes" | "audience_days", stepMs: number): string {
  return `INSERT INTO ${table} (subject, at, ${COLUMNS.join(", ")})
    SELECT subject.value, (minute.value ->> 0) - (minute.value ->> 0) % ${stepMs}, ${SUMS}
    FROM ${VIDEO}, ${SUBJECT}, ${MINUTE}
    WHERE seq IN (${NEXT}) GROUP BY 1, 2
    ON CONFLICT (subject, at) DO UPDATE SET ${adding(COLUMNS)}`;
}

const ADD_VALUES = `INSERT INTO audience_values (subject, at, dimension, value, views, watched)
  SELECT subject.value, row.value ->> 0, row.value ->> 1, row.value ->> 2,
    sum(row.value ->> 3), sum(row.value ->> 4)
  FROM ${VIDEO}, ${SUBJECT}, json_each(video.value -> 'values') AS row
  WHERE seq IN (${NEXT}) GROUP BY 1, 2, 3, 4
  ON CONFLICT (subject, at, dimension, value) DO UPDATE SET ${adding(["views", "watched"])}`;

const ADD_VIDEOS = `INSERT INTO audience_values (subject, at, dimension, value, views, watched)
  SELECT video.value ->> 'ownerId', (minute.value ->> 0) - (minute.value ->> 0) % ${DAY_MS}, 'video',
    video.value ->> 'videoId', sum(minute.value ->> 1), sum(minute.value ->> 3)
  FROM ${VIDEO}, ${MINUTE}
  WHERE seq IN (${NEXT}) GROUP BY 1, 2, 4
  ON CONFLICT (subject, at, dimension, value) DO UPDATE SET ${adding(["views", "watched"])}`;

/** Adds two lists number by number. */
const addingList = (name: string): string =>
  `${name} = (SELECT json_group_array(old.value + (excluded.${name} ->> old.key))
    FROM json_each(audience_curves.${name}) AS old)`;

// If several rows have one key, SQLite inserts the first and adds the others to it.
const ADD_CURVES = `INSERT INTO audience_curves (subject, at, measured, reached, plays)
  SELECT video.value ->> 'videoId', curve.value ->> 0, curve.value ->> 1, curve.value -> 2, curve.value -> 3
  FROM ${VIDEO}, json_each(video.value -> 'curves') AS curve
  WHERE seq IN (${NEXT})
  ON CONFLICT (subject, at) DO UPDATE SET
    ${adding(["measured"])}, ${addingList("reached")}, ${addingList("plays")}`;

/**
 * Adds the next messages to minutes, days, values and curves. In one transaction with the mark that they are done, so that
 * each counts once.
 * @returns whether there may be more
 */
export async function foldAudience(env: MetricsEnv, now: number): Promise<boolean> {
  const db = counted(env.METRICS);
  const results = await db.batch([
    db.prepare(addTimes("audience_minutes", 1)),
    db.prepare(addTimes("audience_days", DAY_MS)),
    db.prepare(ADD_VALUES),
    db.prepare(ADD_VIDEOS),
    db.prepare(ADD_CURVES),
    db
      .prepare(`UPDATE audience_inbox SET folded_at = ?, videos = '[]' WHERE seq IN (${NEXT})`)
      .bind(now),
    db.prepare("DELETE FROM audience_inbox WHERE folded_at < ?").bind(now - FOLDED_RETENTION_MS),
  ]);
  return results[5]?.meta.changes === MESSAGES_PER_FOLD;
}

const UPKEEP_INTERVAL_MS = 3_600_000;
/** How many values of a dimension are kept of a past day: the largest ones. */
const VALUES_PER_DAY = 100;
/** Days that are limited again: numbers may arrive late. */
const LATE_DAYS = 2;

/** The values of ended days beyond the largest. Plan: `audience_values_age`, the rows of `LATE_DAYS` days. */
const SMALL = `SELECT subject, at, dimension, value, views, watched FROM (
    SELECT *, row_number() OVER (
      PARTITION BY subject, at, dimension ORDER BY views DESC, watched DESC, value) AS place
    FROM audience_values WHERE at >= ?1 AND at < ?2 AND value <> '')
  WHERE place > ${VALUES_PER_DAY}`;

/** Below the size at which an alert says that a database is nearly full. */
const MAX_METRICS_BYTES = 7e9;
/** Charts show this many days by minute; the rest is for the comparison with the previous two days. */
const CHARTED_MINUTES_MS = 2 * DAY_MS;

/**
 * Once per hour: merges small values of past days into one, and deletes expired rows. Repeating it changes nothing. If
 * the database is too large, it deletes more.
 * @returns the size of the database in bytes if rows were deleted early, else null
 */
export async function limitAudience(
  env: MetricsEnv,
  now: number,
  maxBytes = MAX_METRICS_BYTES,
): Promise<number | null> {
  const db = counted(env.METRICS);
  const last = await db.prepare("SELECT at FROM audience_upkeep WHERE id = 1").first<number>("at");
  if (last !== null && now - last < UPKEEP_INTERVAL_MS) return null;
  const today = now - (now % DAY_MS);
  const since = today - LATE_DAYS * DAY_MS;
  const tables = Object.entries({
    audience_minutes: MINUTES_RETENTION_MS,
    audience_days: DAYS_RETENTION_MS,
    audience_values: DAYS_RETENTION_MS,
    audience_curves: DAYS_RETENTION_MS,
  });
  const results = await db.batch([
    db
      .prepare(
        `INSERT INTO audience_values (subject, at, dimension, value, views, watched)
         SELECT subject, at, dimension, '', sum(views), sum(watched) FROM (${SMALL}) WHERE true
         GROUP BY 1, 2, 3
         ON CONFLICT (subject, at, dimension, value) DO UPDATE SET ${adding(["views", "watched"])}`,
      )
      .bind(since, today),
    db
      .prepare(
        `DELETE FROM audience_values WHERE at >= ?1 AND at < ?2 AND value <> '' AND
           (subject, at, dimension, value) IN (SELECT subject, at, dimension, value FROM (${SMALL}))`,
      )
      .bind(since, today),
    ...tables.map(([table, retentionMs]) =>
      db.prepare(`DELETE FROM ${table} WHERE at < ?`).bind(now - retentionMs),
    ),
    db
      .prepare(
        "INSERT INTO audience_upkeep (id, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at",
      )
      .bind(now),
  ]);
  const bytes = results.at(-1)?.meta.size_after ?? 0;
  if (bytes <= maxBytes) return null;
  await forgetOldest(env, now);
  return bytes;
}

/** Deletes the oldest day, and minutes that no chart shows any more. Plan: the rows of a day, by the indexes of age. */
async function forgetOldest(env: MetricsEnv, now: number): Promise<void> {
  const db = counted(env.METRICS);
  const oldest = "(SELECT min(at) FROM audience_days)";
  await db.batch([
    // The table of days comes last, since it determines the oldest day.
    ...["audience_values", "audience_curves", "audience_days"].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE at <= ${oldest}`),
    ),
    db.prepare("DELETE FROM audience_minutes WHERE at < ?").bind(now - CHARTED_MINUTES_MS),
  ]);
}

/** Deletes all about a video or an account. */
export async function forgetAudience(env: MetricsEnv, subject: string): Promise<void> {
  const db = counted(env.METRICS);
  const tables = ["audience_minutes", "audience_days", "audience_values", "audience_curves"];
  await db.batch(
    tables.map((table) => db.prepare(`DELETE FROM ${table} WHERE subject = ?`).bind(subject)),
  );
}
