import { ALERT_NAMES, type AlertName } from "../../contract/alert-names.ts";
import type { Alert, AlertState } from "../../domain/alerts/alert-state.ts";
import { counted } from "../statement-count.ts";
import type { MetricsEnv } from "./inbox.ts";

/** The state of an alert, and who has been notified. */
export interface AlertRecord extends Alert {
  name: AlertName;
  /** The state that everyone was last notified of. */
  told: "firing" | "resolved" | null;
  /** Who has been notified of the current state, while others have not. */
  toldChannels: string[];
  attempts: number;
  /** No notifications until then, in milliseconds since the epoch; null if it is not silenced. */
  silencedUntil: number | null;
}

interface AlertRow {
  name: string;
  state: AlertState | null;
  since: number | null;
  badSince: number | null;
  value: number | null;
  told: AlertRecord["told"];
  toldChannels: string | null;
  attempts: number | null;
  silencedUntil: number | null;
}

/** The stored state of each rule; `state` is null if the rule has never been bad. At most one row per rule. */
export async function readAlerts(
  env: MetricsEnv,
  now: number,
): Promise<Map<AlertName, Omit<AlertRecord, "state"> & { state: AlertState | null }>> {
  const { results } = await counted(env.METRICS)
    .prepare(
      `SELECT rule.value AS name, state, since, bad_since AS badSince, alerts.value, told,
         told_channels AS toldChannels, attempts, until AS silencedUntil
       FROM json_each(?) AS rule
       LEFT JOIN alerts ON alerts.name = rule.value
       LEFT JOIN silences ON silences.name = rule.value AND until > ?`,
    )
    .bind(JSON.stringify(ALERT_NAMES), now)
    .all<AlertRow>();
  return new Map(
    results.map((row) => [
      row.name as AlertName,
      {
        name: row.name as AlertName,
        state: row.state,
        since: row.since ?? 0,
        badSince: row.badSince ?? 0,
        value: row.value ?? 0,
        told: row.told,
        toldChannels: JSON.parse(row.toldChannels ?? "[]") as string[],
        attempts: row.attempts ?? 0,
        silencedUntil: row.silencedUntil,
      },
    ]),
  );
}

/** Saves these alerts, and forgets those that are nothing any more. */
export async function saveAlerts(
  env: MetricsEnv,
  alerts: readonly Omit<AlertRecord, "silencedUntil">[],
  forgotten: readonly AlertName[],
  now: number,
): Promise<void> {
  const db = counted(env.METRICS);
  const rows = alerts.map((alert) => [
    alert.name,
    alert.state,
    alert.since,
    alert.badSince,
    alert.value,
    alert.told,
    JSON.stringify(alert.toldChannels),
    alert.attempts,
  ]);
  await db.batch([
    db
      .prepare(
        `INSERT OR REPLACE INTO alerts
           (name, state, since, bad_since, value, told, told_channels, attempts)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
           value ->> 6, value ->> 7
         FROM json_each(?)`,
      )
      .bind(JSON.stringify(rows)),
    db
      .prepare("DELETE FROM alerts WHERE name IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(forgotten)),
    db.prepare("DELETE FROM silences WHERE until <= ?").bind(now),
  ]);
}

/** Silences a rule until then; @param until null to end it */
export async function silence(
  env: MetricsEnv,
  name: AlertName,
  until: number | null,
): Promise<void> {
  const db = counted(env.METRICS);
  const statement =
    until === null
      ? db.prepare("DELETE FROM silences WHERE name = ?").bind(name)
      : db.prepare("INSERT OR REPLACE INTO silences (name, until) VALUES (?, ?)").bind(name, until);
  await statement.run();
}
