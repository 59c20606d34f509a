import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import type { MetricsMessage } from "../../contract/messages.ts";
import { readMetrics, type Resolution } from "../../db/metrics/rollups.ts";
import { newId } from "../../domain/id.ts";
import type { Metric } from "../../domain/metrics.ts";
import worker from "../../index.ts";
import { count, observe, takePoints } from "../../count.ts";
import { sendMetrics } from "../../services/metrics.ts";
import {
  claimAny,
  jobContext,
  queuedVideo,
  stopEverything,
} from "../../../tests/support/worker/transcoding.ts";
import { consume } from "../consume.ts";
import { addUpMetrics, measure } from "./keep-metrics.ts";
import { recordFailure } from "../tasks/record-failure.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Midnight. */
const START = Date.UTC(2026, 5, 1);

beforeEach(async () => {
  takePoints();
  await env.METRICS.batch(
    ["inbox", "minutes", "hours", "days", "rollups"].map((table) =>
      env.METRICS.prepare(`DELETE FROM ${table}`),
    ),
  );
});

/** The counts of the isolate, as the message that it sends. */
async function sent(at: number): Promise<MetricsMessage> {
  const messages: MetricsMessage[] = [];
  const EVENTS = { send: async (message: MetricsMessage) => void messages.push(message) };
  await sendMetrics({ EVENTS: EVENTS as unknown as Queue });
  return { ...messages[0]!, at };
}

async function deliver(bodies: readonly unknown[], change: Partial<Env> = {}, attempts = 1) {
  const messages = bodies.map((body) => ({ id: newId(), timestamp: new Date(), attempts, body }));
  const batch = createMessageBatch("events", messages);
  await consume(batch, { ...env, ...change }, async () => undefined);
  return getQueueResult(batch, createExecutionContext());
}

const rows = (resolution: Resolution, metric: Metric, since = START - DAY_MS) =>
  readMetrics(env, resolution, [metric], since);

const ofMessage = (at: number, by: number): MetricsMessage => ({
  kind: "metrics",
  id: newId(),
  at,
  points: [["videos.ready", "", 0, by, by, by]],
});

test("the isolates' counts are summed per minute, once however often a message arrives", async () => {
  count("uploads", { event: "started" });
  count("uploads", { event: "started" });
  observe("task.ms", { kind: "video" }, 900);
  const first = await sent(START + 10);
  count("uploads", { event: "started" }, 3);
  observe("task.ms", { kind: "video" }, 1000);
  const second = await sent(START + 59_999);
  expect((await deliver([first, second, first])).explicitAcks).toHaveLength(3);
  await addUpMetrics(env, START + MINUTE_MS);
  // A queue may deliver a message again after it was added up.
  await deliver([first]);
  await addUpMetrics(env, START + 2 * MINUTE_MS);
  expect(await rows("minutes", "uploads")).toEqual([
    { at: START, metric: "uploads", labels: "started", bucket: 0, n: 3, total: 5, peak: 3 },
  ]);
  expect(await rows("minutes", "task.ms")).toEqual([
    expect.objectContaining({ labels: "video", bucket: 20, n: 2, total: 1900, peak: 1000 }),
  ]);
});

test("minutes are rolled up into hours and days, and each is kept for its retention time", async () => {
  await deliver([
    ofMessage(START + MINUTE_MS, 1),
    ofMessage(START + HOUR_MS, 2),
    ofMessage(START + 90 * MINUTE_MS, 3),
  ]);
  await addUpMetrics(env, START + 2 * HOUR_MS);
  const totals = async (resolution: Resolution) =>
    (await rows(resolution, "videos.ready")).map(({ at, total }) => [at - START, total]);
  expect(await totals("hours")).toEqual([
    [0, 1],
    [HOUR_MS, 5],
  ]);
  expect(await totals("days")).toEqual([[0, 6]]);
  // A late message is included in all of them, and nothing is added twice.
  await deliver([ofMessage(START + 100 * MINUTE_MS, 1)]);
  await addUpMetrics(env, START + 2 * HOUR_MS + 11 * MINUTE_MS);
  expect([await totals("hours"), await totals("days")]).toEqual([
    [
      [0, 1],
      [HOUR_MS, 6],
    ],
    [[0, 7]],
  ]);
  await addUpMetrics(env, START + 3 * DAY_MS);
  expect([(await totals("minutes")).length, await totals("days")]).toEqual([0, [[0, 7]]]);
  expect(await totals("hours")).toHaveLength(2);
  await addUpMetrics(env, START + 61 * DAY_MS);
  expect([(await totals("hours")).length, await totals("days")]).toEqual([0, [[0, 7]]]);
  await addUpMetrics(env, START + 732 * DAY_MS);
  expect(await totals("days")).toEqual([]);
});

test("a request is counted with its status, its duration and the gate's decision", async () => {
  for (const path of ["/healthz", "/media/no-token/video/1/file", "/v1/me"])
    await worker.fetch(
      new Request(`http://localhost:8788${path}`) as never,
      env,
      createExecutionContext(),
    );
  const points = takePoints().map(([metric, labels]) => `${metric} ${labels}`);
  expect(points).toEqual(
    expect.arrayContaining([
      "requests other,2xx",
      "requests media,4xx",
      "requests api,4xx",
      "gate.requests invalid_playback_token",
    ]),
  );
  expect(points.filter((point) => point.startsWith("request.ms"))).toHaveLength(3);
});

test("gauges are measured once per minute", async () => {
  await measure(env, START);
  await measure(env, START + 1000);
  await addUpMetrics(env, START + MINUTE_MS);
  const sizes = await rows("minutes", "database.bytes");
  expect(sizes.map(({ labels, n }) => [labels, n])).toEqual([
    ["CATALOG", 1],
    ["METRICS", 1],
    ["SEARCH", 1],
  ]);
  for (const { total } of sizes) expect(total).toBeGreaterThan(4096);
  expect(await rows("minutes", "queue.age.seconds")).toHaveLength(2);
});

test("tasks are measured per kind and state, and a kind without tasks has no row", async () => {
  const open = async (at: number) => {
    await measure(env, at);
    await addUpMetrics(env, at + MINUTE_MS);
    const measured = (await rows("minutes", "tasks.open")).filter((row) => row.at === at);
    return measured.map(({ labels, total }) => [labels, total]);
  };
  await stopEverything();
  expect(await open(START)).toEqual([]);
  for (let count = 0; count < 3; count++) await queuedVideo();
  const failing = await claimAny();
  await claimAny();
  const failure = { code: "encoder_failed" as const, detail: "exit code 1", permanent: false };
  await recordFailure(jobContext(), failing, failure);
  const counts = [
    ["plan,retrying", 1],
    ["plan,running", 1],
    ["plan,waiting", 1],
  ];
  expect(await open(START + MINUTE_MS)).toEqual(counts);
  await stopEverything();
});

test("with Analytics Engine each sum of a batch is written as a data point", async () => {
  const points: AnalyticsEngineDataPoint[] = [];
  const ANALYTICS = { writeDataPoint: (point: AnalyticsEngineDataPoint) => points.push(point) };
  await deliver([ofMessage(START, 1), ofMessage(START, 2)], { ANALYTICS } as Partial<Env>);
  expect(points).toEqual([
    { indexes: ["videos.ready"], blobs: ["videos.ready", "", "0"], doubles: [3, 3, 2] },
  ]);
});

test("while the metrics database is down, numbers are retried, dropped in the end, and block nothing else", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const METRICS = {
    prepare: () => {
      throw new Error("gone");
    },
  } as unknown as D1Database;
  const other = { kind: "index-video", videoId: newId() };
  const early = await deliver([ofMessage(START, 1), other], { METRICS });
  expect([early.explicitAcks.length, early.retryMessages.length]).toEqual([1, 1]);
  const late = await deliver([ofMessage(START, 1)], { METRICS }, 3);
  expect([late.explicitAcks.length, late.retryMessages.length]).toEqual([1, 0]);
  expect(
    warn.mock.calls.flat().filter((line) => String(line).includes("metrics.lost")),
  ).toHaveLength(2);
  warn.mockRestore();
});
