import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { CreatorUsagePage, type UsageReport, UsageReport as Report } from "../contract/usage.ts";
import { readCensus } from "../db/metrics/census.ts";
import { noteProblem } from "../db/storage-checks.ts";
import { encodeUsage } from "../db/runner-schema.ts";
import { utcDay } from "../domain/tasks/encode-budget.ts";
import { takeCensus } from "../jobs/metrics/census.ts";
import { measure } from "../jobs/metrics/keep-metrics.ts";
import { usageReport } from "../services/usage.ts";
import { call, newAccount, newVideo } from "../../tests/support/worker/api.ts";
import { db } from "../../tests/support/worker/transcoding.ts";

const { app, userId } = await newAccount("admin");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A month of thirty days without numbers from other tests. */
const MONTH = Date.UTC(2031, 5, 1);
const NOW = MONTH + 10 * DAY_MS;

async function keep(
  table: "hours" | "days",
  rows: readonly (readonly [at: number, metric: string, labels: string, total: number])[],
): Promise<void> {
  const insert = env.METRICS.prepare(
    `INSERT INTO ${table} (at, metric, labels, bucket, n, total, peak) VALUES (?, ?, ?, 0, 1, ?, 1)`,
  );
  await env.METRICS.batch(rows.map((row) => insert.bind(...row)));
}

beforeEach(async () => {
  for (const table of ["hours", "days"])
    await env.METRICS.prepare(`DELETE FROM ${table} WHERE at >= ?`)
      .bind(MONTH - DAY_MS)
      .run();
});

const lineOf = ({ lines }: UsageReport, name: string) =>
  lines.find(({ resource }) => resource === name);

test("the cost of a month is the usage beyond the plan, projected to the end of the month", async () => {
  await keep("days", [
    // A value of the previous month.
    [MONTH - DAY_MS, "database.rows", "written", 9e9],
    [MONTH, "database.rows", "written", 30e6],
    [MONTH + 9 * DAY_MS, "database.rows", "written", 30e6],
    [MONTH + 9 * DAY_MS, "stored.minutes", "", 6000],
    [MONTH, "quality.playing.ms", "all,", 60_000 * 1000],
  ]);
  const report = await usageReport(env, NOW);
  expect(report.month).toMatchObject({ from: "2031-06-01T00:00:00.000Z" });
  expect(lineOf(report, "rows-written")).toMatchObject({
    ...{ used: 60e6, projected: 180e6, included: 50e6, dollars: 10, isEstimated: false },
    projectedDollars: 130,
  });
  expect(report.total).toMatchObject({ dollars: 10, projectedDollars: 130, planDollars: 5 });
  expect(report.stream.dollars).toBeCloseTo(10 + 1);
  expect(report.stream.projectedDollars).toBeCloseTo(30 + 3);
});

test("metrics that begin during the month are projected from that day", async () => {
  await keep("days", [[MONTH + 5 * DAY_MS, "database.rows", "written", 10e6]]);
  const report = await usageReport(env, NOW);
  expect(report.countedSince).toBe("2031-06-06T00:00:00.000Z");
  expect(lineOf(report, "rows-written")).toMatchObject({ used: 10e6, projected: 50e6 });
});

test("the daily cost alert and the usage page show the same number", async () => {
  await keep("hours", [
    [NOW - 24 * HOUR_MS, "storage.operations", "put", 9e9],
    [NOW - 23 * HOUR_MS, "storage.operations", "put", 4e6],
    [NOW, "storage.operations", "put", 1e6],
  ]);
  const now = NOW + HOUR_MS - 1;
  const { lastDay } = await usageReport(env, now);
  // A thirtieth of a million is included.
  expect(lastDay).toMatchObject({ dollars: expect.closeTo((5 - 1 / 30) * 4.5), above: 20 });
  await measure(env, now);
  const id = `gauges ${Math.floor(now / 60_000)}`;
  const points = await env.METRICS.prepare("SELECT points FROM inbox WHERE id = ?")
    .bind(id)
    .first<string>("points");
  const measured = (JSON.parse(points!) as unknown[][]).find(([name]) => name === "daily.dollars");
  expect(measured?.[4]).toBe(lastDay.dollars);
  await env.METRICS.prepare("DELETE FROM inbox WHERE id = ?").bind(id).run();
});

/** Runs a whole pass over all videos, including any number left by other tests. */
async function wholeCensus(now: number) {
  for (;;) {
    await takeCensus(env, now);
    const census = await readCensus(env);
    if (census?.cursor === null) return census;
  }
}

test("the duration and bytes of all videos are summed in passes, page by page", async () => {
  await env.METRICS.prepare("DELETE FROM census").run();
  const before = await wholeCensus(NOW);
  expect(before).toMatchObject({ cursor: null, lastMinutes: expect.any(Number) });
  const id = await newVideo(userId, { duration: 600, sourceBytes: 1000 });
  await newVideo(userId, { duration: 900, sourceBytes: 1000, state: "failed", errorCode: "x" });
  await newVideo(userId, { duration: 900, sourceBytes: 1000, deletedAt: 1, erasedAt: 1 });
  await noteProblem(db, id, null, NOW, 5000);
  // The pass does not start again so soon.
  await takeCensus(env, NOW + HOUR_MS);
  expect(await readCensus(env)).toEqual(before);
  const after = await wholeCensus(NOW + 7 * HOUR_MS);
  expect(after!.lastMinutes! - before!.lastMinutes!).toBeCloseTo(10);
  expect(after!.sourceBytes - before!.sourceBytes).toBe(2000);
  expect(after!.measuredBytes - before!.measuredBytes).toBe(5000);
});

test("creators are sorted by usage and paginated", async () => {
  const big = await newAccount();
  const many = await newAccount();
  await newVideo(big.userId, { sourceBytes: 8e15 });
  for (let videos = 0; videos < 3; videos++) await newVideo(many.userId, { sourceBytes: 1e15 });
  const row = { ownerId: many.userId, day: utcDay(Date.now()), milliseconds: 9e12 };
  await db.insert(encodeUsage).values(row);
  const page = async (query: string) =>
    CreatorUsagePage.parse(
      await (await call(app, "GET", `/v1/admin/usage/creators?${query}`)).json(),
    );
  const first = await page("limit=1");
  expect(first.items).toMatchObject([
    { creator: { id: big.userId, name: `Name of ${big.userId}` }, videos: 1, bytes: 8e15 },
  ]);
  const second = await page(`limit=1&cursor=${first.nextCursor}`);
  expect(second.items).toMatchObject([
    { creator: { id: many.userId }, videos: 3, bytes: 3e15, encodeMinutes: 1.5e8 },
  ]);
  expect((await page("order=minutes&limit=1")).items).toMatchObject([
    { creator: { id: many.userId } },
  ]);
  const byVideos = (await page("order=videos&limit=100")).items.map(({ videos }) => videos);
  expect(byVideos).toEqual(byVideos.toSorted((a, b) => b - a));
});

test("the usage page of the current month is available", async () => {
  const report = Report.parse(await (await call(app, "GET", "/v1/admin/usage")).json());
  expect(report.lines.length).toBeGreaterThan(10);
});
