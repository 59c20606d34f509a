import type { Fleet } from "./fleet.ts";
import { costOf, planOf, settingsOf, START_SECONDS } from "./model.ts";
import type { ProductLog } from "./product-log.ts";
import { taskCounts, videosIn } from "./task-counts.ts";
import type { VirtualD1 } from "./virtual-d1.ts";
import type { VirtualQueue } from "./virtual-queue.ts";

export interface SimulationOptions {
  runners: number;
  longVideoSeconds: number;
  shorts: number;
  creators: number;
  arrivalSeconds: number;
  deploys: number;
  deaths: number;
  seed: number;
}

export interface Upload {
  id: string;
  ownerId: string;
  duration: number;
  /** In milliseconds since the epoch, like all times here. */
  at: number;
  startedAt?: number;
  /** Whether the creator had no other work when it arrived. */
  isOnly?: boolean;
}

interface FinishedRun {
  options: SimulationOptions;
  uploads: readonly Upload[];
  /** Time from the start until the last video was ready. */
  seconds: number;
  start: number;
  d1: VirtualD1;
  fleet: Fleet;
  queue: VirtualQueue;
  log: ProductLog;
  realSeconds: number;
}

export interface SimulationReport {
  lines: string[];
  figures: Record<string, number>;
  aims: Record<string, boolean>;
}

const MAX_STATEMENTS_PER_SECOND = 500;
const STATEMENTS_SHOWN = 25;

export function reportOf(run: FinishedRun): SimulationReport {
  const figures = figuresOf(run);
  const aims = {
    "every video is ready": figures.ready === figures.videos,
    "makespan <= 1.15 x ideal": figures.makespanToIdeal <= 1.15,
    "a creator's first short starts within 10 s": figures.firstShortWaitMax <= 10,
    "no attempt counted as a failure": figures.attemptsCountedAsFailure === 0,
    "every result applied once": figures.resultsAppliedTwice === 0,
    "under 500 D1 statements a second in every minute":
      figures.d1PerSecondBusiestMinute < MAX_STATEMENTS_PER_SECOND,
  };
  return { lines: tableOf(run, figures.tasks), figures, aims };
}

function figuresOf({
  options,
  uploads,
  seconds,
  start,
  d1,
  fleet,
  queue,
  realSeconds,
}: FinishedRun) {
  const { runners } = options;
  const ideal = idealSeconds(uploads, runners, start, START_SECONDS);
  const bare = idealSeconds(uploads, runners, start, 0);
  const waitOf = ({ startedAt = Infinity, at }: Upload): number => (startedAt - at) / 1000;
  const shorts = uploads.filter(({ id }) => id !== "long");
  const waits = sorted(shorts.map(waitOf));
  const firstWaits = sorted(shorts.filter(({ isOnly }) => isOnly).map(waitOf));
  const counts = taskCounts(d1.sqlite);
  return {
    videos: uploads.length,
    ready: videosIn(d1.sqlite, "ready"),
    tasks: counts.tasks,
    attempts: counts.attempts,
    attemptsCountedAsFailure: counts.failures,
    resultsAppliedTwice: counts.appliedTwice,
    makespanSeconds: round(seconds),
    idealSeconds: round(ideal),
    makespanToIdeal: round(seconds / ideal),
    makespanToBareEncoding: round(seconds / bare),
    runnersBusyShare: round(fleet.busyMs / fleet.aliveMs),
    shortWaitMedian: round(quantile(waits, 0.5)),
    shortWaitP99: round(quantile(waits, 0.99)),
    shortWaitMax: round(waits.at(-1) ?? 0),
    firstShortsOfCreators: firstWaits.length,
    firstShortWaitP99: round(quantile(firstWaits, 0.99)),
    firstShortWaitMax: round(firstWaits.at(-1) ?? 0),
    d1StatementsPerTask: round(d1.total / counts.tasks),
    d1PerSecondMean: round(d1.total / seconds),
    d1PerSecondBusiestMinute: round(Math.max(...byMinute(d1.perSecond))),
    d1PerSecondPeak: d1.perSecond.reduce((peak, one) => Math.max(peak, one), 0),
    d1MaxWaitMs: Math.round(d1.maxWaitMs),
    ...fleet.counts,
    messages: queue.counts.sent,
    messagesLost: queue.counts.lost,
    longestConsumerMs: queue.counts.longestBatchMs,
    realSeconds: round(realSeconds),
  };
}

/** Statements per second, on average of each minute. */
function byMinute(perSecond: readonly number[]): number[] {
  const minutes = Math.ceil(perSecond.length / 60);
  return Array.from({ length: minutes }, (_, minute) => {
    let sum = 0;
    for (let second = 60 * minute; second < 60 * (minute + 1); second++)
      sum += perSecond[second] ?? 0;
    return sum / 60;
  });
}

function tableOf({ options, d1, log }: FinishedRun, tasks: number): string[] {
  const { shorts, creators, longVideoSeconds, runners, seed } = options;
  const statements = [...d1.byText].toSorted(([, a], [, b]) => b - a).slice(0, STATEMENTS_SHOWN);
  return [
    `${shorts} short videos of ${creators} creators and a video of ${longVideoSeconds / 3600} h on ${runners} runners, seed ${seed}`,
    "",
    "statements per task, the most frequent first",
    ...statements.map(([text, count]) => {
      const perTask = (count / tasks).toFixed(2).padStart(6);
      return `${perTask}  ${text.replaceAll(/\s+/g, " ").slice(0, 140)}`;
    }),
    "",
    `statements per second in each minute: ${byMinute(d1.perSecond).map(Math.round).join(", ")}`,
    "",
    "events that the product logged",
    ...log.lines(),
    "",
  ];
}

/**
 * When the last video would be ready if its work could be divided freely among all runners from the moment of its
 * upload. Of the plans that a video may get, the one with the fewest starts counts.
 * @param startSeconds of each task
 */
function idealSeconds(
  uploads: readonly Upload[],
  runners: number,
  start: number,
  startSeconds: number,
): number {
  const settings = { ...settingsOf(runners), isBusy: true };
  let [work, ideal] = [0, 0];
  for (const { duration, at } of uploads.toSorted((left, right) => right.at - left.at)) {
    const costs = planOf(duration, settings).tasks.map(({ spec }) => costOf(spec));
    for (const cost of [costOf({ kind: "plan" } as never), ...costs])
      work += cost - START_SECONDS + startSeconds;
    ideal = Math.max(ideal, (at - start) / 1000 + work / runners);
  }
  return ideal;
}

const sorted = (values: number[]): number[] => values.toSorted((left, right) => left - right);
const quantile = (values: readonly number[], share: number): number =>
  values[Math.floor((values.length - 1) * share)] ?? 0;
const round = (value: number): number => Math.round(value * 100) / 100;
