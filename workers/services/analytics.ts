import type {
  Analytics,
  AnalyticsBreakdown,
  AnalyticsTable,
  AnalyticsTotals,
} from "../contract/analytics.ts";
import { AUDIENCE_DIMENSIONS, type AnalyticsPeriod } from "../contract/audience-names.ts";
import { HUNDREDTHS } from "../contract/hundredths.ts";
import { catalog } from "../db/client.ts";
import {
  type AudienceStep,
  type AudienceTotals,
  type AudienceValue,
  readCurves,
  readSteps,
  readSubjects,
  readValues,
} from "../db/metrics/audience.ts";
import type { MetricsEnv } from "../db/metrics/inbox.ts";
import { findVideos } from "../db/videos.ts";
import { DAY_MS } from "../domain/audience/audience-sums.ts";
import { csvOf } from "../domain/csv.ts";
import { periodSpan, type PeriodSpan } from "../domain/audience/periods.ts";
import { shownValues } from "../domain/audience/small-counts.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { ownPlaylistVideoIds, type PlaylistEnv } from "./playlists.ts";

type AnalyticsEnv = MetricsEnv & Pick<Env, "CATALOG">;

/** The scope of analytics: one video, a whole account, or some videos together. */
type AnalyticsScope =
  | { kind: "video"; id: string }
  | { kind: "account"; id: string }
  | { kind: "videos"; ids: readonly string[] };

const MAX_VIDEOS = 50;

/** @throws AppError not_found, forbidden */
export async function videoAnalytics(
  env: AnalyticsEnv,
  principal: Principal,
  id: string,
  period: AnalyticsPeriod,
  now: number,
): Promise<Analytics> {
  await authorizedVideo(catalog(env), principal, "videos.analytics", id);
  return readAnalytics(env, { kind: "video", id }, period, now);
}

/** All videos of the caller, including deleted ones. */
export function accountAnalytics(
  env: AnalyticsEnv,
  principal: Principal,
  period: AnalyticsPeriod,
  now: number,
): Promise<Analytics> {
  return readAnalytics(env, { kind: "account", id: signedIn(principal).userId }, period, now);
}

/** The caller's own videos in a playlist, with views from everywhere. @throws AppError not_found, forbidden */
export async function playlistAnalytics(
  env: AnalyticsEnv & PlaylistEnv,
  principal: Principal,
  id: string,
  period: AnalyticsPeriod,
  now: number,
): Promise<Analytics> {
  const { ownerId, videoIds } = await ownPlaylistVideoIds(env, principal, id);
  const rows = await findVideos(catalog(env), videoIds);
  const ids = rows.filter((row) => row.ownerId === ownerId).map((row) => row.id);
  return readAnalytics(env, { kind: "videos", ids }, period, now);
}

async function readAnalytics(
  env: AnalyticsEnv,
  scope: AnalyticsScope,
  period: AnalyticsPeriod,
  now: number,
): Promise<Analytics> {
  const span = periodSpan(period, now);
  const { stepMs, steps, from, days } = span;
  const subjects = scope.kind === "videos" ? scope.ids : [scope.id];
  const table = stepMs === DAY_MS ? "audience_days" : "audience_minutes";
  const [rows, values, videos, retention] = await Promise.all([
    readSteps(env, table, subjects, { from: span.before.from, to: span.to }),
    readValues(env, subjects, days),
    scope.kind === "videos" ? readSubjects(env, subjects, days) : [],
    scope.kind === "video" ? retentionOf(env, scope.id, span) : null,
  ]);
  const [before, current] = [
    rows.filter(({ at }) => at < from),
    rows.filter(({ at }) => at >= from),
  ];
  const byDimension = Map.groupBy(values, ({ dimension }) => dimension);
  return {
    period,
    from: new Date(from).toISOString(),
    stepSeconds: stepMs / 1000,
    ...seriesOf(current, span, steps),
    totals: totalsOf(current),
    before: totalsOf(before),
    breakdowns: AUDIENCE_DIMENSIONS.map((by): AnalyticsBreakdown => ({
      by,
      ...shownValues(byDimension.get(by) ?? []),
    })),
    videos: await withTitles(
      env,
      scope.kind === "account" ? (byDimension.get("video") ?? []) : videos,
    ),
    retention,
  };
}

function seriesOf(rows: readonly AudienceStep[], { from, stepMs }: PeriodSpan, steps: number) {
  const views = Array.from({ length: steps }, () => 0);
  const watchSeconds = [...views];
  for (const row of rows) {
    const index = (row.at - from) / stepMs;
    views[index] = row.views;
    watchSeconds[index] = Math.round(row.watched);
  }
  return { views, watchSeconds };
}

const EMPTY: AudienceTotals = {
  views: 0,
  measured: 0,
  watched: 0,
  startups: 0,
  startupMs: 0,
  rebufferingMs: 0,
};

function totalsOf(rows: readonly AudienceStep[]): AnalyticsTotals {
  const sum = rows.reduce<AudienceTotals>(
    (all, row) => ({
      views: all.views + row.views,
      measured: all.measured + row.measured,
      watched: all.watched + row.watched,
      startups: all.startups + row.startups,
      startupMs: all.startupMs + row.startupMs,
      rebufferingMs: all.rebufferingMs + row.rebufferingMs,
    }),
    EMPTY,
  );
  const rebuffering = sum.rebufferingMs / 1000;
  return {
    views: sum.views,
    watchSeconds: Math.round(sum.watched),
    averageViewSeconds: sum.measured > 0 ? sum.watched / sum.measured : null,
    startupSeconds: sum.startups > 0 ? sum.startupMs / 1000 / sum.startups : null,
    rebufferingShare: sum.watched > 0 ? rebuffering / (rebuffering + sum.watched) : null,
  };
}

async function retentionOf(
  env: AnalyticsEnv,
  videoId: string,
  { days }: PeriodSpan,
): Promise<Analytics["retention"]> {
  const rows = await readCurves(env, videoId, days);
  const views = rows.reduce((sum, { measured }) => sum + measured, 0);
  if (views === 0) return null;
  const lists = rows.map(({ reached, plays }) => ({
    reached: JSON.parse(reached) as number[],
    plays: JSON.parse(plays) as number[],
  }));
  // A view that began in the period before may have reached more in this one.
  const perView = (name: "reached" | "plays", max: number): number[] =>
    Array.from({ length: HUNDREDTHS }, (_, index) =>
      Math.min(max, lists.reduce((sum, list) => sum + list[name][index]!, 0) / 10 / views),
    );
  return { views, reached: perView("reached", 1), plays: perView("plays", Infinity) };
}

/** The largest videos, with their titles. */
async function withTitles(
  env: AnalyticsEnv,
  values: readonly AudienceValue[],
): Promise<Analytics["videos"]> {
  const largest = values.filter(({ value }) => value !== "").slice(0, MAX_VIDEOS);
  if (largest.length === 0) return [];
  const rows = await findVideos(
    catalog(env),
    largest.map(({ value }) => value),
  );
  const titles = new Map(
    rows.filter((row) => row.deletedAt === null).map((row) => [row.id, row.title]),
  );
  return largest.map(({ value, views, watched }) => ({
    id: value,
    title: titles.get(value) ?? null,
    views,
    watchSeconds: Math.round(watched),
  }));
}

/** One table of analytics as CSV. */
export function analyticsCsv(analytics: Analytics, by: AnalyticsTable): string {
  if (by === "time") {
    const start = Date.parse(analytics.from);
    const rows = analytics.views.map((views, index) => [
      new Date(start + index * analytics.stepSeconds * 1000).toISOString(),
      views,
      analytics.watchSeconds[index] ?? 0,
    ]);
    return csvOf([["from", "views", "watch_seconds"], ...rows]);
  }
  if (by === "video") {
    const rows = analytics.videos.map(({ id, title, views, watchSeconds }) => [
      ...[id, title ?? ""],
      ...[views, watchSeconds],
    ]);
    return csvOf([["video", "title", "views", "watch_seconds"], ...rows]);
  }
  const found = analytics.breakdowns.find((breakdown) => breakdown.by === by);
  const rows = (found?.values ?? []).map(({ value, views, watchSeconds }) => [
    value,
    ...[views, watchSeconds],
  ]);
  const other = ["", found?.otherViews ?? 0, ""];
  return csvOf([[by, "views", "watch_seconds"], ...rows, other]);
}
