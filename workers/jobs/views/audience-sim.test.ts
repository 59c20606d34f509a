import { env } from "cloudflare:workers";
import { expect, inject, test } from "vitest";
import { addUpMessages, messagesOf } from "../../../tests/support/worker/audience.ts";
import { call, newAccount, newVideo } from "../../../tests/support/worker/api.ts";
import { Analytics } from "../../contract/analytics.ts";
import { HUNDREDTHS } from "../../contract/hundredths.ts";
import type { AudienceReport } from "../../domain/audience/audience-report.ts";
import { writePlays } from "../../domain/audience/play-counts.ts";
import { hashAccount } from "../../domain/viewer-hash.ts";
import type { ViewCounter } from "./view-counter.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the simulated audience: more in `npm run sim:audience`. */
    sessions: number;
  }
}

const SESSIONS = inject("sessions");
const DURATION = 600;
const HUNDREDTH = DURATION / HUNDREDTHS;
const HOUR_MS = 3_600_000;
/** Sessions begin within this time. */
const SPAN_MS = 6 * HOUR_MS;
const REPORT_INTERVAL_MS = 60_000;
const FLUSHES = 12;

/** Mulberry32: the same audience in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.trunc(state + 0x6d2b79f5);
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = randomFrom(17);
const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;

/** What a session is: most are as they say. */
type Kind = "honest" | "own" | "repeat" | "impossible" | "inflated" | "minted" | "unwanted";
function kindOf(): Kind {
  const dice = random();
  if (dice < 0.8) return "honest";
  return pick("own", "repeat", "impossible", "inflated", "minted", "unwanted");
}

/** Ranges of the video in the order in which they are played: most viewers leave at some time, some skip or play again. */
function playedRanges(): [from: number, to: number][] {
  const leaves = Math.min(DURATION, 8 - Math.log(1 - random()) * 250);
  const style = random();
  if (style < 0.15)
    return [
      [0, leaves],
      [Math.max(0, leaves - 40), leaves],
    ];
  if (style < 0.3)
    return [
      [0, 30],
      [240, Math.min(DURATION, 240 + leaves)],
    ];
  return [[0, leaves]];
}

/** Adds the first seconds of ranges to the hundredths of the video. */
function playedUntil(ranges: readonly [number, number][], seconds: number): number[] {
  const plays = Array.from({ length: HUNDREDTHS }, () => 0);
  let left = seconds;
  for (const [from, end] of ranges) {
    const to = Math.min(end, from + left);
    left -= Math.max(0, to - from);
    for (const [index] of plays.entries()) {
      const within = Math.min(to, (index + 1) * HUNDREDTH) - Math.max(from, index * HUNDREDTH);
      if (within > 0) plays[index]! += within / HUNDREDTH;
    }
  }
  return plays;
}

interface Event {
  at: number;
  act: (counter: ViewCounter) => Promise<void>;
}
const truth = {
  views: 0,
  measured: 0,
  watched: 0,
  reached: Array.from({ length: HUNDREDTHS }, () => 0),
  plays: Array.from({ length: HUNDREDTHS }, () => 0),
  sources: new Map<string, number>(),
};

/** All that one session sends, lies among it. */
function eventsOf(videoId: string, session: number, start: number, owner: string): Event[] {
  const kind = kindOf();
  const ranges = playedRanges();
  const total = ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  const rate = pick(1, 1, 1, 1.25, 1.5, 2);
  const source = pick("home", "search", "related", "direct", "external");
  const sessionId = `session ${session}`;
  // A repeat is another session of the same viewer, whose first one was honest and a moment before.
  const who = kind === "own" ? owner : `viewer ${session}`;
  const report = (seconds: number): AudienceReport => ({
    ...{ watched: seconds, plays: writePlays(playedUntil(ranges, seconds)) },
    ...{ startupMs: 500, rebufferingMs: 0, source, host: null, country: "DE" },
    ...{ device: "desktop", captions: false },
  });
  const events: Event[] = [];
  const fetch = (id: string, at: number) =>
    events.push({ at, act: (counter) => counter.noteFetch(videoId, id, at) });
  const beacon = (id: string, at: number, viewTimeMs: number, said: AudienceReport | null) =>
    events.push({
      at,
      act: (counter) => counter.countView({ videoId, sessionId: id, who, at, viewTimeMs }, said),
    });
  if (kind !== "minted") fetch(sessionId, start);
  const first = start + (5000 / rate) * 1.01;
  if (kind === "impossible" || kind === "minted" || kind === "inflated") {
    const all = Array.from({ length: HUNDREDTHS }, () => (kind === "inflated" ? 3 : 100));
    const said = { ...report(total), plays: writePlays(all) };
    beacon(sessionId, first, 2500, null);
    beacon(sessionId, first + 1000, 2500, {
      ...said,
      watched: kind === "inflated" ? 8 : 36_000,
    });
    if (kind !== "minted") truth.views++;
    return events;
  }
  const isReported = kind !== "unwanted";
  beacon(sessionId, first, 2500, null);
  const seconds: number[] = [];
  const step = (REPORT_INTERVAL_MS / 1000) * rate;
  for (let at = step; at < total; at += step) seconds.push(at);
  seconds.push(total);
  for (const played of seconds) {
    const at = start + (played / rate) * 1000 + 500;
    beacon(sessionId, Math.max(at, first), 2500, isReported ? report(played) : null);
    // Old beacons arrive again.
    if (session % 10 === 0)
      beacon(sessionId, at + 90_000, 2500, isReported ? report(played) : null);
  }
  if (kind === "repeat")
    for (let again = 1; again < 4; again++) {
      fetch(`${sessionId} ${again}`, start + 60_000 * again);
      beacon(`${sessionId} ${again}`, start + 120_000 * again, 2500, report(total));
    }
  if (kind === "own") return events;
  truth.views++;
  if (!isReported) return events;
  truth.measured++;
  truth.watched += total;
  truth.sources.set(source, (truth.sources.get(source) ?? 0) + 1);
  for (const [index, plays] of playedUntil(ranges, total).entries()) {
    truth.plays[index]! += plays;
    truth.reached[index]! += Math.min(1, plays);
  }
  return events;
}

const largestGap = (found: readonly number[], wanted: readonly number[]): number =>
  Math.max(...found.map((value, index) => Math.abs(value - wanted[index]!)));

test("with many honest and forged sessions, view counts and the retention curve are within 1 % of the truth", async () => {
  const creator = await newAccount();
  const videoId = await newVideo(creator.userId, { duration: DURATION });
  const owner = await hashAccount(env.BETTER_AUTH_SECRET, creator.userId);
  const begin = Date.now() - SPAN_MS - 2 * HOUR_MS;
  const events = Array.from({ length: SESSIONS }, (_, session) =>
    eventsOf(videoId, session, Math.floor(begin + random() * SPAN_MS), owner),
  )
    .flat()
    .toSorted((a, b) => a.at - b.at);
  const startedAt = performance.now();
  const messages = await messagesOf(videoId, async (counter) => {
    for (const [index, { act }] of events.entries()) {
      await act(counter);
      if (index % Math.ceil(events.length / FLUSHES) === 0) await counter.flush();
    }
    await counter.flush();
  });
  // A queue may deliver a message twice.
  await addUpMessages([...messages, ...messages.slice(0, 10)]);
  const response = await call(creator.app, "GET", `/v1/videos/${videoId}/analytics?period=7d`);
  const { totals, retention, breakdowns } = Analytics.parse(await response.json());
  const wanted = (list: readonly number[]) => list.map((sum) => sum / truth.measured);
  const result = {
    sessions: SESSIONS,
    beacons: events.length,
    messages: messages.length,
    views: totals.views,
    trueViews: truth.views,
    measured: retention?.views,
    trueMeasured: truth.measured,
    watchGapPercent: 100 * Math.abs(totals.watchSeconds / truth.watched - 1),
    reachedGapPercent: 100 * largestGap(retention?.reached ?? [], wanted(truth.reached)),
    playsGapPercent: 100 * largestGap(retention?.plays ?? [], wanted(truth.plays)),
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
  console.log(JSON.stringify(result));
  expect(result).toMatchObject({ views: truth.views, measured: truth.measured });
  expect(result.watchGapPercent).toBeLessThan(1);
  expect(result.reachedGapPercent).toBeLessThan(1);
  expect(result.playsGapPercent).toBeLessThan(1);
  const sources = breakdowns.find(({ by }) => by === "source")!.values;
  for (const [source, views] of truth.sources) {
    const found = sources.find(({ value }) => value === source)!;
    expect(Math.abs(found.views - views)).toBeLessThanOrEqual(3);
  }
}, 180_000);
