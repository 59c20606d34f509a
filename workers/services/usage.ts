import { z } from "zod";
import type {
  CreatorUsage,
  CreatorUsagePage,
  CreatorUsageQuery,
  UsageLine,
  UsageReport,
} from "../contract/usage.ts";
import { catalog } from "../db/client.ts";
import { type CreatorUsageRow, listCreatorUsage } from "../db/creator-usage.ts";
import type { MetricsEnv } from "../db/metrics/inbox.ts";
import { readUsage } from "../db/metrics/usage.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { utcDay } from "../domain/tasks/encode-budget.ts";
import { PRICES } from "../domain/prices.ts";
import {
  costOf,
  DAY_SHARE,
  dayCost,
  ESTIMATED,
  PRICED_RESOURCES,
  streamCost,
  stretched,
  totalCost,
  type Usage,
  usageOf,
} from "../domain/usage-cost.ts";
import { alertLimits } from "./alerts.ts";

type UsageEnv = MetricsEnv & Pick<Env, "ALERT_LIMITS" | "SLOTS_PER_RUNNER">;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const coresOf = ({ SLOTS_PER_RUNNER }: Pick<Env, "SLOTS_PER_RUNNER">) => Number(SLOTS_PER_RUNNER);

/**
 * The cost of the last 24 hours, including the current hour, at list prices in dollars. The page shows this number, and
 * the alert `daily-cost` compares it with its limit.
 */
export async function lastDayCost(
  env: MetricsEnv & Pick<Env, "SLOTS_PER_RUNNER">,
  now: number,
): Promise<number> {
  const since = now - (now % HOUR_MS) - 23 * HOUR_MS;
  const rows = await readUsage(env, "hours", since, now);
  return dayCost(stretched(usageOf(rows, DAY_SHARE, coresOf(env)), DAY_MS / (now - since + 1)));
}

/** The beginning and the end of the UTC month. */
function monthOf(now: number): { from: number; end: number } {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { from: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
}

const iso = (time: number): string => new Date(time).toISOString();

function linesOf(used: Usage, projected: Usage): UsageLine[] {
  return PRICED_RESOURCES.map((resource) => {
    const { unit, included } = PRICES.resources[resource];
    return {
      ...{ resource, unit, included },
      used: used[resource],
      projected: projected[resource],
      dollars: costOf(resource, used[resource]),
      projectedDollars: costOf(resource, projected[resource]),
      isEstimated: ESTIMATED.has(resource),
    };
  });
}

/**
 * This month's usage, its cost beyond what the plan includes, and a projection of the whole month's cost from the
 * numbers so far.
 */
export async function usageReport(env: UsageEnv, now: number): Promise<UsageReport> {
  const { from, end } = monthOf(now);
  const [rows, lastDay] = await Promise.all([
    readUsage(env, "days", from, now),
    lastDayCost(env, now),
  ]);
  const first = Math.min(...rows.map(({ at }) => at));
  const begin = Number.isFinite(first) ? first : now;
  const share = (now - begin) / (end - from);
  const used = usageOf(rows, share, coresOf(env));
  const projected = stretched(used, share > 0 ? 1 + (end - now) / (now - begin) : 1);
  return {
    month: { from: iso(from), until: iso(now), end: iso(end) },
    countedSince: Number.isFinite(first) ? iso(first) : null,
    lines: linesOf(used, projected),
    total: {
      dollars: totalCost(used),
      projectedDollars: totalCost(projected),
      planDollars: PRICES.planDollars,
    },
    lastDay: { dollars: lastDay, above: alertLimits(env)("daily-cost") },
    stream: {
      storedMinutes: used.storedMinutes,
      deliveredMinutes: used.deliveredMinutes,
      dollars: streamCost(used, share),
      projectedDollars: streamCost(projected),
    },
    prices: {
      readOn: PRICES.readOn,
      source: PRICES.source,
      streamSource: PRICES.stream.source,
    },
  };
}

const MINUTE_MS = 60_000;
const Position = z.tuple([z.number(), z.string()]);

const presentUsage = (row: CreatorUsageRow): CreatorUsage => ({
  creator: { id: row.ownerId, name: row.name ?? "" },
  videos: row.videos ?? 0,
  bytes: row.bytes ?? 0,
  openBytes: row.openBytes ?? 0,
  encodeMinutes: (row.milliseconds ?? 0) / MINUTE_MS,
});

const VALUES = {
  bytes: ({ bytes }: CreatorUsageRow) => bytes,
  videos: ({ videos }: CreatorUsageRow) => videos,
  minutes: ({ milliseconds }: CreatorUsageRow) => milliseconds,
};

/** The usage of creators, largest first. @throws AppError invalid_cursor */
export async function creatorUsage(
  env: Pick<Env, "CATALOG">,
  { order, limit, cursor }: CreatorUsageQuery,
  now: number,
): Promise<CreatorUsagePage> {
  const before = cursor === undefined ? undefined : decodeCursor(Position, cursor);
  const rows = await listCreatorUsage(catalog(env), order, utcDay(now), limit + 1, before);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(presentUsage),
    nextCursor:
      rows.length > limit && last ? encodeCursor([VALUES[order](last) ?? 0, last.ownerId]) : null,
  };
}
