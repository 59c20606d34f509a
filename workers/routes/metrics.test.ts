import { env } from "cloudflare:workers";
import { expect, onTestFinished, test, vi } from "vitest";
import { AlertList, AlertTest } from "../contract/alerts.ts";
import { CHART_NAMES, CHART_RANGES } from "../contract/chart-names.ts";
import { MetricsCharts } from "../contract/metrics.ts";
import type { UploadCreated } from "../contract/uploads.ts";
import { takePoints } from "../count.ts";
import { keepBatches } from "../db/metrics/inbox.ts";
import { newId } from "../domain/id.ts";
import type { AlertEnv } from "../services/alerts.ts";
import { devMails } from "../services/mailer.ts";
import { addUpMetrics } from "../jobs/metrics/keep-metrics.ts";
import { anonymous, call, newAccount, problemOf } from "../../tests/support/worker/api.ts";

const admin = await newAccount("admin");

test("an admin sees the metrics of the last hours, week and year", async () => {
  const at = Date.now();
  await keepBatches(env, [{ id: newId(), at, points: [["uploads", "started", 0, 1, 7, 7]] }]);
  await env.METRICS.prepare("DELETE FROM rollups").run();
  await addUpMetrics(env, at);
  for (const range of CHART_RANGES) {
    const response = await call(admin.app, "GET", `/v1/admin/metrics?range=${range}`);
    const { times, charts } = MetricsCharts.parse(await response.json());
    expect(charts.map(({ name }) => name)).toEqual(CHART_NAMES);
    const [started] = charts
      .find(({ name }) => name === "uploads")!
      .lines.filter(({ name }) => name === "started");
    expect(started!.values).toHaveLength(times.length);
    // The minute may have ended meanwhile.
    expect(
      Math.max(...started!.values.slice(-2).map((value) => value ?? 0)),
    ).toBeGreaterThanOrEqual(7);
  }
});

test("an alert is silenced for a limited time", async () => {
  const silencedUntil = async () => {
    const list = AlertList.parse(await (await call(admin.app, "GET", "/v1/admin/alerts")).json());
    return list.items.find(({ name }) => name === "queue-age")!.silencedUntil;
  };
  const path = "/v1/admin/alerts/queue-age/silence";
  expect((await call(admin.app, "PUT", path, { minutes: 60 })).status).toBe(204);
  expect(Date.parse((await silencedUntil())!)).toBeGreaterThan(Date.now());
  expect((await call(admin.app, "PUT", path, { minutes: 0 })).status).toBe(204);
  expect(await silencedUntil()).toBeNull();
  const unknown = await call(admin.app, "PUT", "/v1/admin/alerts/weather/silence", { minutes: 1 });
  expect((await problemOf(unknown)).code).toBe("invalid_request");
});

test("an operator sends a test to every receiver of alerts, and sees which of them took it", async () => {
  const operator = await newAccount("operator");
  const send = (settings: Partial<AlertEnv>) =>
    call(operator.app, "POST", "/v1/admin/alerts/test", undefined, {}, { ...env, ...settings });
  expect(AlertTest.parse(await (await send({})).json())).toEqual({ receivers: [] });

  const sent = new Map<string, string>();
  const fetching = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    sent.set(new URL(request.url).hostname, await request.text());
    if (request.url.includes("secret")) throw new Error(`No connection to ${request.url}`);
    return new Response(null, { status: request.url.includes("slack") ? 404 : 204 });
  });
  onTestFinished(() => fetching.mockRestore());
  const ALERT_WEBHOOKS =
    "slack=https://slack.example/a ntfy=https://ntfy.example/b pagerduty=R0UTING json=https://secret.example";
  const response = await send({ ALERT_MAIL: "operator@example.com", ALERT_WEBHOOKS });
  expect(AlertTest.parse(await response.json()).receivers).toEqual([
    { name: "mail", problem: null },
    { name: "slack 1", problem: "It answered 404." },
    { name: "ntfy 2", problem: null },
    { name: "pagerduty 3", problem: null },
    { name: "json 4", problem: "It did not answer." },
  ]);
  expect(devMails.some(({ subject }) => subject === "Test of the alerts")).toBe(true);
  // It is no alert: an incident of one is neither opened nor resolved.
  expect(JSON.parse(sent.get("events.pagerduty.com")!)).toMatchObject({
    dedup_key: expect.stringMatching(/ test$/) as string,
    payload: { severity: "info" },
  });
  const malformed = await send({ ALERT_WEBHOOKS: "teams=https://secret.example" });
  expect(await problemOf(malformed)).toMatchObject({
    code: "conflict",
    detail: "ALERT_WEBHOOKS has a format that is not known.",
  });
});

test("uploads and searches are counted", async () => {
  const creator = await newAccount();
  const file = { filename: "a.mp4", size: 10, contentType: "video/mp4" };
  const abort = async () => {
    const created = await call(creator.app, "POST", "/v1/uploads", file);
    const { id } = await created.json<UploadCreated>();
    await call(creator.app, "DELETE", `/v1/uploads/${id}`);
  };
  const search = () => call(anonymous, "GET", "/v1/search?q=harbour");
  const countedBy = async (act: () => Promise<unknown>): Promise<string[]> => {
    takePoints();
    await act();
    return takePoints().map(([metric, labels]) => `${metric} ${labels}`);
  };
  // The isolate may send its numbers in the meantime; then the next attempt shows it.
  const patiently = { timeout: 30_000 };
  await expect
    .poll(() => countedBy(abort), patiently)
    .toEqual(expect.arrayContaining(["uploads started", "uploads aborted", "database.ms "]));
  const outcome = expect.stringMatching(/^searches (?:found|empty)$/) as string;
  await expect
    .poll(() => countedBy(search), patiently)
    .toEqual(expect.arrayContaining([outcome, "search.ms "]));
});
