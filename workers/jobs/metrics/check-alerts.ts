import { ALERT_NAMES, type AlertName } from "../../contract/alert-names.ts";
import { type AlertRecord, readAlerts, saveAlerts } from "../../db/metrics/alerts.ts";
import { readMetrics } from "../../db/metrics/rollups.ts";
import { messageOf } from "../../domain/alerts/alert-messages.ts";
import { ALERT_RULES, type Measured, needsOf, valueOf } from "../../domain/alerts/alert-rules.ts";
import { nextAlert } from "../../domain/alerts/alert-state.ts";
import { log } from "../../log.ts";
import {
  type AlertEnv,
  alertChannels,
  alertLimits,
  alertOrigin,
  sendHeartbeat,
} from "../../services/alerts.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Runs of the cron, one per minute, that try to send a notification. */
const MAX_ATTEMPTS = 10;

/** The numbers that the rules read, in two statements. */
async function readMeasured(env: AlertEnv, now: number): Promise<Measured> {
  const needs = ALERT_NAMES.map((name) => needsOf(ALERT_RULES[name]));
  const spikes = ALERT_NAMES.map((name) => ALERT_RULES[name]).filter(
    ({ measure }) => measure.kind === "spike",
  );
  const minutes = Math.max(...needs.map((need) => need.minutes));
  const [rows, hours] = await Promise.all([
    readMetrics(
      env,
      "minutes",
      needs.flatMap(({ metrics }) => metrics),
      now - (minutes + 1) * MINUTE_MS,
    ),
    readMetrics(
      env,
      "hours",
      spikes.flatMap((rule) => needsOf(rule).metrics),
      now - 25 * HOUR_MS,
    ),
  ]);
  // The current hour, which contains the spike itself.
  return { now, minutes: rows, hours: hours.filter(({ at }) => at + HOUR_MS <= now) };
}

/**
 * The notification of an alert that a receiver has not got yet. Only receivers that were notified of its start are
 * notified of its end.
 */
function owedOf({
  state,
  told,
}: Pick<AlertRecord, "state" | "told">): "firing" | "resolved" | null {
  if (state === "firing" && told !== "firing") return "firing";
  return state === "resolved" && told === "firing" ? "resolved" : null;
}

/** Notifies all receivers that have not been notified yet. @returns the alert with the notified receivers */
async function tell(
  env: AlertEnv,
  alert: AlertRecord,
  above: number,
  now: number,
): Promise<AlertRecord> {
  const owed = owedOf(alert);
  if (!owed || (alert.silencedUntil ?? 0) > now) return alert;
  const { name, value, badSince } = alert;
  const message = messageOf({ name, state: owed, value, above, badSince, ...alertOrigin(env) });
  const channels = alertChannels(env).filter((each) => !alert.toldChannels.includes(each.name));
  const results = await Promise.allSettled(channels.map((channel) => channel.tell(message)));
  const failed = channels.filter((_channel, index) => results[index]?.status === "rejected");
  const attempts = alert.attempts + 1;
  for (const channel of failed) log("alert.not-told", { alert: name, channel: channel.name });
  if (failed.length === 0 || attempts >= MAX_ATTEMPTS)
    return { ...alert, told: owed, toldChannels: [], attempts: 0 };
  const reached = channels.filter((channel) => !failed.includes(channel));
  const toldChannels = [...alert.toldChannels, ...reached.map((channel) => channel.name)];
  return { ...alert, toldChannels, attempts };
}

/**
 * Compares the numbers of the last minutes with the limits of the alerts, and notifies the operators once of each alert
 * that starts or ends. A heartbeat is sent only if all of this works.
 */
export async function checkAlerts(env: AlertEnv, now: number): Promise<void> {
  const limits = alertLimits(env);
  const [measured, known] = await Promise.all([readMeasured(env, now), readAlerts(env, now)]);
  const current: AlertRecord[] = [];
  const forgotten: AlertName[] = [];
  for (const name of ALERT_NAMES) {
    const record = known.get(name);
    const before = record?.state ? { ...record, state: record.state } : null;
    const above = limits(name);
    const value = above === null ? null : valueOf(ALERT_RULES[name], measured);
    const next = nextAlert(before, value, above ?? 0, ALERT_RULES[name].forMinutes, now);
    if (!next) {
      // A new start is announced again.
      if (before) forgotten.push(name);
      continue;
    }
    const { state, since, badSince } = next;
    // Receivers that were notified of another state are notified of this one.
    const isOther = before?.state !== state;
    const alert: AlertRecord = {
      name,
      ...{ state, since, badSince, value: next.value },
      told: before?.told ?? null,
      toldChannels: isOther ? [] : (before?.toldChannels ?? []),
      attempts: isOther ? 0 : (before?.attempts ?? 0),
      silencedUntil: record?.silencedUntil ?? null,
    };
    if (isOther && alert.state !== "pending")
      log(`alert.${alert.state}`, { alert: name, value: alert.value, above });
    current.push(await tell(env, alert, above ?? 0, now));
  }
  await saveAlerts(env, current, forgotten, now);
  await sendHeartbeat(env);
}
