import { z } from "zod";
import { noteAct } from "../audit-note.ts";
import { ALERT_NAMES, type AlertName } from "../contract/alert-names.ts";
import type { AlertList, AlertTest } from "../contract/alerts.ts";
import type { MetricsEnv } from "../db/metrics/inbox.ts";
import { readAlerts, silence } from "../db/metrics/alerts.ts";
import { ALERT_RULES, type AlertRule } from "../domain/alerts/alert-rules.ts";
import {
  type AlertMessage,
  parseWebhooks,
  runbookOf,
  testMessage,
  type Webhook,
  webhookRequest,
} from "../domain/alerts/alert-messages.ts";
import { AppError } from "../domain/errors.ts";
import { log } from "../log.ts";
import { countDelivery, mailerOf, mailSettings } from "./mailer.ts";

/** `ALERT_WEBHOOKS` and `HEARTBEAT_URL` are secrets, and optional. */
export type AlertEnv = Env & { ALERT_WEBHOOKS?: string; HEARTBEAT_URL?: string };

const TIMEOUT_WEBHOOK_MS = 10_000;
const MINUTE_MS = 60_000;

const AlertLimits = z.partialRecord(z.enum(ALERT_NAMES), z.number().nullable());

/**
 * The limit of each rule: the operator's, or the default; null if the rule is switched off.
 * @throws Error when `ALERT_LIMITS` is malformed
 */
export function alertLimits({ ALERT_LIMITS }: Pick<Env, "ALERT_LIMITS">) {
  const chosen = AlertLimits.parse(JSON.parse(ALERT_LIMITS || "{}"));
  return (name: AlertName): number | null => {
    const own = chosen[name];
    return own === undefined ? ALERT_RULES[name].above : own;
  };
}

/** A receiver of alerts. */
interface AlertChannel {
  /** Name without the address, which is a secret. */
  name: string;
  /** @throws Error when it could not be notified */
  tell: (message: AlertMessage) => Promise<void>;
}

/** A receiver that answered, but did not take the message. Its text is for operators and has no address. */
class RefusedAlert extends Error {}

async function post(webhook: Webhook, message: AlertMessage): Promise<void> {
  const { url, ...request } = webhookRequest(webhook, message);
  const response = await fetch(url, {
    ...request,
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_WEBHOOK_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new RefusedAlert(`It answered ${response.status}.`);
}

/** All receivers of alerts: the address `ALERT_MAIL`, and each of `ALERT_WEBHOOKS`. */
export function alertChannels(env: AlertEnv): AlertChannel[] {
  const mailer = env.ALERT_MAIL ? mailerOf(mailSettings(env)) : null;
  const mail: AlertChannel = {
    name: "mail",
    tell: async ({ subject, text }) => {
      if (!(await mailer?.send({ to: env.ALERT_MAIL, subject, text })))
        throw new RefusedAlert("The mail service refused it.");
    },
  };
  const webhooks = parseWebhooks(env.ALERT_WEBHOOKS ?? "").map((webhook, index) => ({
    name: `${webhook.format} ${index + 1}`,
    tell: async (message: AlertMessage) => {
      const told = post(webhook, message);
      await told.then(
        () => countDelivery("webhook", true),
        () => countDelivery("webhook", false),
      );
      return told;
    },
  }));
  return [...(mailer ? [mail] : []), ...webhooks];
}

/** Where alerts are sent to, and the page that shows them. */
export function alertOrigin({ PUBLIC_ORIGIN }: Pick<Env, "PUBLIC_ORIGIN">) {
  return { site: new URL(PUBLIC_ORIGIN).host, page: `${PUBLIC_ORIGIN}/admin/metrics` };
}

/**
 * Sends a message to every receiver of alerts, and says which of them took it.
 * @throws AppError conflict when the secret cannot be read
 */
export async function testAlerts(env: AlertEnv): Promise<AlertTest> {
  const { site, page } = alertOrigin(env);
  const channels = readChannels(env);
  const results = await Promise.allSettled(
    channels.map((channel) => channel.tell(testMessage(site, page))),
  );
  const receivers = channels.map(({ name }, index) => ({
    name,
    problem: problemOf(results[index]),
  }));
  noteAct({ after: { receivers } });
  return { receivers };
}

function readChannels(env: AlertEnv): AlertChannel[] {
  try {
    return alertChannels(env);
  } catch (error) {
    throw new AppError("conflict", error instanceof Error ? error.message : "", { cause: error });
  }
}

/** Messages of other errors may have the address, which is a secret. */
function problemOf(result: PromiseSettledResult<void> | undefined): string | null {
  if (result?.status !== "rejected") return null;
  const { reason }: { reason: unknown } = result;
  return reason instanceof RefusedAlert ? reason.message : "It did not answer.";
}

/**
 * Tells an external service that the cron and its alerts work. If the calls stop, that service notifies the operator,
 * which nothing here could do.
 */
export async function sendHeartbeat({ HEARTBEAT_URL }: AlertEnv): Promise<void> {
  if (!HEARTBEAT_URL) return;
  try {
    const response = await fetch(HEARTBEAT_URL, {
      signal: AbortSignal.timeout(TIMEOUT_WEBHOOK_MS),
    });
    await response.body?.cancel();
    if (!response.ok) log("heartbeat.refused", { status: response.status });
  } catch (error) {
    log("heartbeat.refused", { error: error instanceof Error ? error.name : "unknown" });
  }
}

const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

/** Every rule with its state, rules that need attention first. */
export async function listAlerts(
  env: MetricsEnv & Pick<Env, "ALERT_LIMITS">,
  now: number,
): Promise<AlertList> {
  const limits = alertLimits(env);
  const alerts = await readAlerts(env, now);
  const order = ["firing", "pending", "resolved", "ok"];
  const items = ALERT_NAMES.map((name) => {
    const { severity, cause, action, unit, scale }: AlertRule = ALERT_RULES[name];
    const { state = null, since = 0, value = 0, silencedUntil = null } = alerts.get(name) ?? {};
    const above = limits(name);
    return {
      name,
      severity,
      state: state ?? ("ok" as const),
      since: state ? iso(since) : null,
      value: state ? value * scale : null,
      above: above === null ? null : above * scale,
      unit,
      cause,
      action,
      runbook: runbookOf(name),
      silencedUntil: iso(silencedUntil),
    };
  });
  return {
    items: items.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state)),
  };
}

/** Silences a rule for some minutes; 0 ends the silence. */
export async function silenceAlert(
  env: MetricsEnv,
  name: AlertName,
  minutes: number,
  now: number,
): Promise<void> {
  const until = minutes > 0 ? now + minutes * MINUTE_MS : null;
  const before = (await readAlerts(env, now)).get(name)?.silencedUntil ?? null;
  noteAct({ before: { silencedUntil: iso(before) }, after: { silencedUntil: iso(until) } });
  await silence(env, name, until);
}
