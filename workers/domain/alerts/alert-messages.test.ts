import { expect, test } from "vitest";
import {
  type AlertNotice,
  messageOf,
  parseWebhooks,
  textOf,
  type Webhook,
  webhookRequest,
} from "./alert-messages.ts";

const NOTICE: AlertNotice = {
  name: "server-errors",
  state: "firing",
  value: 0.0512,
  above: 0.02,
  badSince: Date.UTC(2026, 0, 2, 3, 4),
  site: "video.example.com",
  page: "https://video.example.com/admin/metrics",
};

test("an alert message states the severity, the likely cause and where to read more", () => {
  expect(textOf(NOTICE).split("\n")).toEqual([
    "5.1%, and more than 2% since 2026-01-02 03:04 UTC.",
    expect.stringContaining("Probable cause: "),
    "What to do: Open /admin. If it began with a deployment, run npx wrangler rollback.",
    "More in docs/runbook.md#server-errors",
    NOTICE.page,
  ]);
});

test.each([
  ["backup-age", 100_000, 93_600, "27.8 hours, and more than 26 hours since"],
  ["slow-playable", 660_000, 600_000, "11 minutes, and more than 10 minutes since"],
  ["database-size", 8.4e9, 8e9, "8.4 GB, and more than 8 GB since"],
  ["queue-age", 119, 60, "119 s, and more than 60 s since"],
] as const)("an amount of %s is shown in a readable unit", (name, value, above, text) => {
  expect(textOf({ ...NOTICE, name, value, above })).toContain(text);
});

test("each alert service receives the format it expects", () => {
  const webhooks = parseWebhooks(`
    slack=https://hooks.slack.com/services/T/B/x discord=https://discord.com/api/webhooks/1/x
    ntfy=https://ntfy.sh/topic?auth=a=b pagerduty=R0UTING json=https://example.com/hook`);
  const [slack, discord, ntfy, pagerduty, json] = webhooks.map((webhook) =>
    webhookRequest(webhook, messageOf(NOTICE)),
  );
  const subject = "FIRING: Requests fail";
  expect(JSON.parse(slack!.body)).toEqual({ text: expect.stringContaining(subject) as string });
  expect(JSON.parse(discord!.body)).toMatchObject({
    content: expect.stringContaining(subject) as string,
    allowed_mentions: { parse: [] },
  });
  expect(ntfy).toMatchObject({
    url: "https://ntfy.sh/topic?auth=a=b",
    headers: { title: `${subject} (video.example.com)`, priority: "urgent", click: NOTICE.page },
  });
  expect(pagerduty!.url).toBe("https://events.pagerduty.com/v2/enqueue");
  expect(JSON.parse(pagerduty!.body)).toMatchObject({
    routing_key: "R0UTING",
    event_action: "trigger",
    dedup_key: "video.example.com server-errors",
    payload: { summary: subject, source: "video.example.com", severity: "critical" },
  });
  expect(JSON.parse(json!.body)).toMatchObject({ alert: "server-errors", state: "firing" });
});

test("each alert service is told when an alert ends, which resolves the incident", () => {
  const over = { ...NOTICE, state: "resolved" as const };
  const told = (format: Webhook["format"], url = "https://example.com/hook") =>
    webhookRequest({ format, url }, messageOf(over));
  const subject = "Resolved: Requests fail";
  expect(JSON.parse(told("slack").body)).toEqual({
    text: expect.stringContaining(`*${subject}*`) as string,
  });
  expect(JSON.parse(told("discord").body)).toMatchObject({
    content: expect.stringContaining(`**${subject}**`) as string,
  });
  expect(told("ntfy")).toMatchObject({
    headers: { title: `${subject} (video.example.com)`, priority: "default" },
    body: "It had been more than 2% since 2026-01-02 03:04 UTC.\nhttps://video.example.com/admin/metrics",
  });
  expect(JSON.parse(told("pagerduty", "R0UTING").body)).toMatchObject({
    event_action: "resolve",
    dedup_key: "video.example.com server-errors",
  });
  expect(JSON.parse(told("json").body)).toMatchObject({
    state: "resolved",
    title: "Requests fail",
  });
});

test("an error about an unusable address does not contain its secret", () => {
  for (const text of [
    "teams=https://example.com/secret",
    "slack=secret",
    "pagerduty=https://secret",
  ])
    expect(() => parseWebhooks(text)).toThrow(/^ALERT_WEBHOOKS (?!.*secret)/);
  expect(parseWebhooks(" ")).toEqual([]);
});
