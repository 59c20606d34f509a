import type { AlertName } from "../../contract/alert-names.ts";
import { ALERT_RULES } from "./alert-rules.ts";

/** The services whose webhooks are known, and `json` for any other. */
const WEBHOOK_FORMATS = ["json", "slack", "discord", "ntfy", "pagerduty"] as const;
type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export interface Webhook {
  format: WebhookFormat;
  /** For PagerDuty the routing key. */
  url: string;
}

/** The content of a notification about an alert. */
export interface AlertNotice {
  name: AlertName;
  state: "firing" | "resolved";
  value: number;
  above: number;
  /** Milliseconds since the epoch. */
  badSince: number;
  /** Address of the site and of the metrics page. */
  site: string;
  page: string;
}

const PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue";
/** The section of an alert in the runbook. */
export const runbookOf = (name: AlertName): string => `docs/runbook.md#${name}`;

/**
 * Reads `ALERT_WEBHOOKS`: `format=url`, separated by spaces or lines; for PagerDuty, `pagerduty=` and the routing key.
 * @throws Error that names the format, never the URL, which is a secret
 */
export function parseWebhooks(text: string): Webhook[] {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((entry) => {
      const [name = ""] = entry.split("=", 1);
      const url = entry.slice(name.length + 1);
      const format = WEBHOOK_FORMATS.find((known) => known === name);
      if (!format) throw new Error("ALERT_WEBHOOKS has a format that is not known.");
      const isUsable =
        format === "pagerduty" ? /^\w+$/.test(url) : /^https?:/.test(url) && URL.canParse(url);
      if (!isUsable) throw new Error(`ALERT_WEBHOOKS has no usable address for ${format}.`);
      return { format, url };
    });
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** From how many seconds on each unit is used, and how many it has. */
const TIMES = [
  { unit: "hours", from: 7200, seconds: 3600 },
  { unit: "minutes", from: 120, seconds: 60 },
];

function amount(name: AlertName, value: number): string {
  const { unit, scale } = ALERT_RULES[name];
  const time = TIMES.find(({ from }) => unit === "s" && value * scale >= from);
  if (time) return `${round((value * scale) / time.seconds)} ${time.unit}`;
  return `${round(value * scale)}${unit && unit !== "%" ? " " : ""}${unit}`;
}

/** `FIRING: Requests fail`. */
function subjectOf({ name, state }: AlertNotice): string {
  return `${state === "firing" ? "FIRING" : "Resolved"}: ${ALERT_RULES[name].title}`;
}

/** The alert, its probable cause, what to do, and where to read on. */
export function textOf(notice: AlertNotice): string {
  const { name, state, value, above, badSince, page } = notice;
  const since = new Date(badSince).toISOString().slice(0, 16).replace("T", " ");
  const lines =
    state === "firing"
      ? [
          `${amount(name, value)}, and more than ${amount(name, above)} since ${since} UTC.`,
          `Probable cause: ${ALERT_RULES[name].cause}`,
          `What to do: ${ALERT_RULES[name].action}`,
          `More in ${runbookOf(name)}`,
        ]
      : [`It had been more than ${amount(name, above)} since ${since} UTC.`];
  return [...lines, page].join("\n");
}

/** What a receiver of alerts is told. */
export interface AlertMessage {
  /** Name of the alert, or `test`. */
  id: AlertName | "test";
  state: AlertNotice["state"];
  severity: (typeof ALERT_RULES)[AlertName]["severity"] | "info";
  title: string;
  subject: string;
  text: string;
  /** For programs. */
  numbers: { value?: number; above?: number; since?: string };
  site: string;
  page: string;
}

export function messageOf(notice: AlertNotice): AlertMessage {
  const { name, state, value, above, badSince, site, page } = notice;
  const { severity, title } = ALERT_RULES[name];
  const numbers = { value, above, since: new Date(badSince).toISOString() };
  const [subject, text] = [subjectOf(notice), textOf(notice)];
  return { id: name, state, severity, title, subject, text, numbers, site, page };
}

/** An operator tries whether alerts arrive. */
export function testMessage(site: string, page: string): AlertMessage {
  const title = "Test of the alerts";
  const text = `Somebody who runs this site is trying whether its alerts arrive here. They do.\n${page}`;
  const about = { title, subject: title, text, numbers: {}, site, page };
  return { id: "test", state: "firing", severity: "info", ...about };
}

/**
 * The request that notifies a service of an alert. Sources: api.slack.com/messaging/webhooks,
 * discord.com/developers/docs/resources/webhook, docs.ntfy.sh/publish, PagerDuty's Events API v2.
 */
export function webhookRequest({ format, url }: Webhook, message: AlertMessage) {
  const { id, state, severity, title, subject, text, numbers, site, page } = message;
  const json = (to: string, content: object) => ({
    url: to,
    headers: { "content-type": "application/json" } as Record<string, string>,
    body: JSON.stringify(content),
  });
  switch (format) {
    case "slack":
      return json(url, { text: `*${subject}* (${site})\n${text}` });
    case "discord":
      // The text mentions no one, even if it contains a mention.
      return json(url, {
        content: `**${subject}** (${site})\n${text}`,
        allowed_mentions: { parse: [] },
      });
    case "ntfy":
      return {
        url,
        headers: {
          title: `${subject} (${site})`,
          priority: state === "firing" && severity === "critical" ? "urgent" : "default",
          tags: state === "firing" ? "rotating_light" : "white_check_mark",
          click: page,
        } as Record<string, string>,
        body: text,
      };
    case "pagerduty":
      return json(PAGERDUTY_URL, {
        routing_key: url,
        event_action: state === "firing" ? "trigger" : "resolve",
        dedup_key: `${site} ${id}`,
        payload: { summary: subject, source: site, severity, custom_details: { text } },
        links: [{ href: page, text: "Metrics" }],
      });
    case "json":
      return json(url, { alert: id, state, severity, title, text, ...numbers, site, page });
  }
}
