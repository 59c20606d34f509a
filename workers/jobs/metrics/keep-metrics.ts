import { MetricsMessage } from "../../contract/messages.ts";
import { catalog } from "../../db/client.ts";
import {
  bytesOf,
  indexLagMs,
  openTasks,
  openTasksOf,
  queueGauges,
  taskGauges,
} from "../../db/gauges.ts";
import { foldBatches, keepBatches, type MetricsEnv } from "../../db/metrics/inbox.ts";
import { readCensus } from "../../db/metrics/census.ts";
import { statementsLeft } from "../../db/statement-count.ts";
import { rollUp } from "../../db/metrics/rollups.ts";
import { type Gauge, type LabelsOf, labelText, type MetricPoint } from "../../domain/metrics.ts";
import { log } from "../../log.ts";
import { newestBackup } from "../../media/catalog-copies.ts";
import type { BackupEnv } from "../../media/library-copies.ts";
import { lastDayCost } from "../../services/usage.ts";

/** The time for one step of adding up and the rest of the run. The next run continues. */
const MIN_STATEMENTS_LEFT = 20;
/** A number is lost after that: a dead letter would be of no use to anybody. */
const MAX_ATTEMPTS = 3;
const RETRY_DELAY_SECONDS = 10;
/**
 * The limit of data points per invocation in Analytics Engine
 * (developers.cloudflare.com/analytics/analytics-engine/limits).
 */
const MAX_DATA_POINTS = 250;

/** `ANALYTICS` is bound only if a deployment wants it. */
type AnalyticsEnv = MetricsEnv & { ANALYTICS?: AnalyticsEngineDataset };
/** The same applies to `BACKUPS`, the bucket of backups. */
export type GaugesEnv = Env & BackupEnv;
/** The age of a backup where there is none. */
const NO_BACKUP_SECONDS = 366 * 86_400;

/** Adds points with the same labels to one. */
function merged(points: readonly MetricPoint[]): MetricPoint[] {
  const sums = new Map<string, MetricPoint>();
  for (const [metric, labels, bucket, n, total, peak] of points) {
    const key = `${metric} ${bucket} ${labels}`;
    const sum = sums.get(key);
    if (sum) {
      sum[3] += n;
      sum[4] += total;
      sum[5] = Math.max(sum[5], peak);
    } else sums.set(key, [metric, labels, bucket, n, total, peak]);
  }
  return [...sums.values()];
}

/** One data point per metric, labels and bucket, which are its blobs; its doubles are number, sum and largest value. */
function writeAnalytics({ ANALYTICS }: AnalyticsEnv, points: readonly MetricPoint[]): void {
  for (const [metric, labels, bucket, ...doubles] of merged(points).slice(0, MAX_DATA_POINTS))
    ANALYTICS?.writeDataPoint({
      indexes: [metric],
      blobs: [metric, labels, String(bucket)],
      doubles,
    });
}

/** Stores the numbers of messages, all with one statement. If that fails, they are retried a few times. */
export async function keepMetrics(env: AnalyticsEnv, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const batches = messages.map(({ body }) => MetricsMessage.parse(body));
  try {
    await keepBatches(env, batches);
  } catch (error) {
    log("metrics.lost", { messages: messages.length, error });
    for (const message of messages)
      if (message.attempts < MAX_ATTEMPTS) message.retry({ delaySeconds: RETRY_DELAY_SECONDS });
      else message.ack();
    return;
  }
  for (const message of messages) message.ack();
  writeAnalytics(
    env,
    batches.flatMap(({ points }) => points),
  );
}

/** Adds up what has arrived, by minute, hour and day. */
export async function addUpMetrics(env: MetricsEnv, now: number): Promise<void> {
  let hasMore = true;
  while (hasMore && statementsLeft() >= MIN_STATEMENTS_LEFT) hasMore = await foldBatches(env, now);
  await rollUp(env, now);
}

function point<G extends Gauge>(metric: G, labels: LabelsOf<G>, value: number): MetricPoint {
  return [metric, labelText(metric, labels), 0, 1, value, value];
}

const secondsSince = (since: number, now: number): number => Math.max(0, now - since) / 1000;

async function queuePoints(env: Env, now: number): Promise<MetricPoint[]> {
  const queues = await queueGauges(catalog(env), now);
  return [
    point("queue.messages", { state: "unsent" }, queues.unsent),
    point("queue.messages", { state: "unhandled" }, queues.unhandled),
    point("queue.messages", { state: "dead" }, queues.dead),
    point("queue.age.seconds", { state: "unsent" }, secondsSince(queues.unsentSince, now)),
    point("queue.age.seconds", { state: "unhandled" }, secondsSince(queues.unhandledSince, now)),
  ];
}

async function taskPoints(env: Env, now: number): Promise<MetricPoint[]> {
  const db = catalog(env);
  const [gauges, open] = await Promise.all([taskGauges(db, now), openTasks(db)]);
  return [
    point("tasks.waiting", {}, openTasksOf(open, "waiting")),
    point("tasks.running", {}, gauges.running),
    point("tasks.age.seconds", {}, secondsSince(gauges.waitingSince, now)),
    point("runners.awake", {}, gauges.awake),
    point("containers.awake", {}, gauges.containers),
    point("runners.missing", {}, Number(gauges.missing)),
    ...open.map(({ kind, state, n }) => point("tasks.open", { kind, state }, n)),
  ];
}

async function indexPoints(env: Env, now: number): Promise<MetricPoint[]> {
  return [point("index.lag.seconds", {}, (await indexLagMs(env, catalog(env), now)) / 1000)];
}

async function sizePoints(env: Env, database: "CATALOG" | "SEARCH" | "METRICS") {
  return [point("database.bytes", { database }, await bytesOf(env[database]))];
}

/** The results of the census, and the cost of the last day. */
async function usagePoints(env: Env, now: number): Promise<MetricPoint[]> {
  const [census, dollars] = await Promise.all([readCensus(env), lastDayCost(env, now)]);
  const { lastMinutes = null, lastBytes = null } = census ?? {};
  return [
    ...(lastMinutes === null ? [] : [point("stored.minutes", {}, lastMinutes)]),
    ...(lastBytes === null ? [] : [point("storage.bytes", {}, lastBytes)]),
    point("daily.dollars", {}, dollars),
  ];
}

/** The age of the newest complete backup of CATALOG in the bucket. */
async function backupPoints({ BACKUPS }: GaugesEnv, now: number): Promise<MetricPoint[]> {
  if (!BACKUPS) return [];
  const newest = await newestBackup(BACKUPS);
  const age = newest === null ? NO_BACKUP_SECONDS : secondsSince(newest, now);
  return [point("backup.age.seconds", {}, age)];
}

/** Measures the current state. Gauges that cannot be measured are left out, so that the others are there. */
export async function measure(env: GaugesEnv, now: number): Promise<void> {
  const parts = await Promise.allSettled([
    queuePoints(env, now),
    taskPoints(env, now),
    indexPoints(env, now),
    sizePoints(env, "CATALOG"),
    sizePoints(env, "SEARCH"),
    sizePoints(env, "METRICS"),
    backupPoints(env, now),
    usagePoints(env, now),
  ]);
  const points = parts.flatMap((part) => (part.status === "fulfilled" ? part.value : []));
  // There is one measurement per minute, even if the cron runs twice.
  await keepBatches(env, [{ id: `gauges ${Math.floor(now / 60_000)}`, at: now, points }]);
  const failed = parts.find((part) => part.status === "rejected");
  if (failed) throw failed.reason;
}
