import { createExecutionContext, createMessageBatch } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { ALERT_NAMES, type AlertName } from "../../contract/alert-names.ts";
import type { AlertItem } from "../../contract/alerts.ts";
import { saveCensus } from "../../db/metrics/census.ts";
import { keepBatches } from "../../db/metrics/inbox.ts";
import { saveComparison } from "../../db/search/compare.ts";
import { outbox } from "../../db/upkeep-schema.ts";
import { ALERT_RULES } from "../../domain/alerts/alert-rules.ts";
import { newId } from "../../domain/id.ts";
import { PRICES } from "../../domain/prices.ts";
import { DAY_SHARE } from "../../domain/usage-cost.ts";
import worker from "../../index.ts";
import { issuePlaybackToken } from "../../media/playback-token.ts";
import { observe, takePoints } from "../../count.ts";
import { listAlerts, silenceAlert } from "../../services/alerts.ts";
import { devMails } from "../../services/mailer.ts";
import { anonymous, call, newVideo } from "../../../tests/support/worker/api.ts";
import {
  claimAny,
  db,
  jobContext,
  queuedVideo,
  stopEverything,
} from "../../../tests/support/worker/transcoding.ts";
import { checkAlerts } from "./check-alerts.ts";
import { handleDeadLetters } from "../dead-letters.ts";
import { addUpMetrics, type GaugesEnv, measure } from "./keep-metrics.ts";
import { recordFailure } from "../tasks/record-failure.ts";
import { repairIndex } from "../search/repair-index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
type Settings = Partial<GaugesEnv & { ALERT_WEBHOOKS: string; HEARTBEAT_URL: string }>;

/** The time of the cron; no other time has numbers. */
let now = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 30 * 24 * HOUR_MS;
let settings: Settings = {};

beforeEach(async () => {
  // These tests send the counts of this isolate, which would otherwise be sent some seconds later.
  vi.spyOn(scheduler, "wait").mockReturnValue(new Promise(() => {}));
  takePoints();
  devMails.length = 0;
  now += 48 * HOUR_MS;
  settings = { ALERT_MAIL: "operator@example.com" };
  const tables = "inbox minutes hours days rollups alerts silences census".split(" ");
  await env.METRICS.batch(tables.map((table) => env.METRICS.prepare(`DELETE FROM ${table}`)));
  await stopEverything();
  await db.delete(outbox);
  await saveComparison(env, { updatedAt: now, id: "", attempts: 0 });
});

/** Runs the cron in each of the next minutes. */
async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    const points = takePoints();
    await keepBatches(env, [{ id: newId(), at: now, points }]);
    now += MINUTE_MS;
    await measure({ ...env, ...settings }, now);
    await addUpMetrics(env, now);
    await checkAlerts({ ...env, ...settings }, now);
  }
}

async function alertOf(name: AlertName): Promise<AlertItem> {
  const { items } = await listAlerts(env, now);
  return items.find((item) => item.name === name)!;
}

const mailsOf = (name: AlertName): string[] =>
  devMails.map(({ subject }) => subject).filter((text) => text.endsWith(ALERT_RULES[name].title));

async function fetchOften(path: string, times: number, change: Partial<Env> = {}) {
  const own = { ...env, ...change };
  const request = () => new Request(`http://localhost:8788${path}`) as never;
  for (let count = 0; count < times; count++)
    await worker.fetch(request(), own, createExecutionContext());
}

const broken = {
  prepare: () => {
    throw new Error("D1_ERROR: Network connection lost.");
  },
} as unknown as D1Database;

/** Reports of a viewer who waits as long as they watch. */
async function reportRebuffering(): Promise<void> {
  const videoId = await newVideo(newId());
  const session = { videoId, version: 1, sessionId: newId(), expiresIn: 3600 };
  const { token } = await issuePlaybackToken(env, session);
  const amounts = { rebuffers: 9, renditionSwitches: 0, frames: 0, droppedFrames: 0, kilobits: 0 };
  const quality = { ...amounts, playingMs: 300_000, rebufferingMs: 300_000 };
  for (let report = 0; report < 2; report++) {
    const body = { token, watched: 0, quality };
    expect((await call(anonymous, "POST", "/v1/beacons", body)).status).toBe(202);
  }
}

async function failVideos(): Promise<void> {
  for (let count = 0; count < 5; count++) {
    await queuedVideo();
    const failure = { code: "damaged_file" as const, detail: "Broken.", permanent: true };
    await recordFailure(jobContext(), await claimAny(), failure);
  }
}

/** Enough R2 writes within this hour for the day to cost this much. */
async function putDollars(dollars: number): Promise<void> {
  const { per, dollars: price, included } = PRICES.resources["storage-writes"];
  const hour = now - (now % HOUR_MS);
  const writes = (dollars / price) * per + included * DAY_SHARE;
  await env.METRICS.prepare(
    `INSERT INTO hours (at, metric, labels, bucket, n, total, peak)
     VALUES (?, 'storage.operations', 'put', 0, 1, ?, 1)`,
  )
    .bind(hour, writes)
    .run();
}

/** Objects that the census has found in the bucket. */
const measureStorage = (lastBytes: number): Promise<void> =>
  saveCensus(env, {
    ...{ startedAt: now, cursor: null, seconds: 0, sourceBytes: 0 },
    ...{ measuredSourceBytes: 0, measuredBytes: 0, lastMinutes: null, lastBytes },
  });

/** The catalogue with a reported size: D1 returns its size with every response. */
function catalogueOf(bytes: number): D1Database {
  const run = async () => ({ meta: { size_after: bytes } });
  return new Proxy(env.CATALOG, {
    get: (database, name) =>
      name === "prepare"
        ? (sql: string) => (sql === "SELECT 1" ? { run } : database.prepare(sql))
        : Reflect.get(database, name).bind(database),
  });
}

const bucket = (env as unknown as { SPARE_BUCKET: R2Bucket }).SPARE_BUCKET;

/** The fault behind each default alert, and how it ends; if no end is given, time passes. */
const FAULTS: Record<AlertName, { begin: () => Promise<void>; end?: () => Promise<void> }> = {
  "failed-videos": { begin: failVideos },
  "queue-age": {
    begin: async () => {
      const body = { kind: "index-video", videoId: "x" };
      await db.insert(outbox).values({ queue: "events", body, createdAt: now - HOUR_MS });
    },
    end: async () => void (await db.delete(outbox)),
  },
  "dead-letters": {
    begin: () => {
      const message = { id: newId(), timestamp: new Date(), attempts: 6, body: { kind: "view" } };
      return handleDeadLetters(createMessageBatch("events-dead", [message]), env);
    },
  },
  "no-runner": { begin: async () => void (await queuedVideo()), end: stopEverything },
  "slow-playable": {
    begin: async () => {
      for (const minutes of [11, 12, 30]) observe("playable.ms", {}, minutes * MINUTE_MS);
    },
  },
  rebuffering: { begin: reportRebuffering },
  "server-errors": { begin: () => fetchOften("/readyz", 20, { CATALOG: broken }) },
  "gate-refusals": { begin: () => fetchOften("/media/guessed/video/1/file", 100) },
  "database-size": {
    begin: async () => void (settings.CATALOG = catalogueOf(8.5e9)),
    end: async () => void delete settings.CATALOG,
  },
  "storage-size": {
    begin: () => measureStorage(1100e9),
    end: () => measureStorage(900e9),
  },
  "index-drift": {
    begin: async () => {
      await newVideo(newId(), { updatedAt: now + 1 });
      now += HOUR_MS / 2;
    },
    end: async () => void (await repairIndex(env, now)),
  },
  "backup-age": {
    begin: async () => {
      await bucket.put("2026-01-01T00-00-00-000Z/manifest.json", "old");
      settings.BACKUPS = bucket;
    },
    // A new backup would have today's date, which is long past in this test.
    end: async () => {
      delete settings.BACKUPS;
      now += 10 * MINUTE_MS;
    },
  },
  "daily-cost": {
    begin: () => putDollars(30),
    end: async () => void (await env.METRICS.prepare("DELETE FROM hours").run()),
  },
};

/** No rule has a longer window. */
const PAST_EVERY_WINDOW_MS = 70 * MINUTE_MS;

test.each(ALERT_NAMES)("%s fires with its fault, and is resolved after it", async (name) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const { forMinutes } = ALERT_RULES[name];
  await pass(1);
  expect(await alertOf(name)).toMatchObject({ state: "ok", value: null });
  await FAULTS[name].begin();
  await pass(1);
  expect((await alertOf(name)).state).toBe(forMinutes > 0 ? "pending" : "firing");
  if (forMinutes > 0) {
    expect(mailsOf(name)).toEqual([]);
    await pass(forMinutes);
  }
  expect((await alertOf(name)).state).toBe("firing");
  // Notified once, however long it lasts.
  await pass(1);
  expect(mailsOf(name)).toEqual([`FIRING: ${ALERT_RULES[name].title}`]);
  const [mail] = devMails.filter(({ subject }) => subject.endsWith(ALERT_RULES[name].title));
  for (const part of ["cause", "action"] as const)
    expect(mail?.text).toContain(ALERT_RULES[name][part]);
  expect(mail?.text).toContain(`docs/runbook.md#${name}`);
  await FAULTS[name].end?.();
  if (!FAULTS[name].end) now += PAST_EVERY_WINDOW_MS;
  await pass(1);
  expect((await alertOf(name)).state).toBe("resolved");
  await pass(1);
  expect(mailsOf(name)[0]).toBe(`Resolved: ${ALERT_RULES[name].title}`);
  expect(mailsOf(name)).toHaveLength(2);
  vi.restoreAllMocks();
});

/** Makes `dead-letters` fire, which needs no time. */
async function giveUp(): Promise<void> {
  vi.spyOn(console, "error").mockImplementation(() => {});
  await FAULTS["dead-letters"].begin();
  await pass(1);
}

test("a silenced alert notifies nobody, and one that outlasts the silence notifies afterwards", async () => {
  await silenceAlert(env, "dead-letters", 5, now);
  await giveUp();
  expect((await alertOf("dead-letters")).silencedUntil).not.toBeNull();
  await pass(3);
  expect([(await alertOf("dead-letters")).state, mailsOf("dead-letters")]).toEqual(["firing", []]);
  await pass(2);
  expect(mailsOf("dead-letters")).toEqual(["FIRING: Messages were given up"]);
});

test("a disabled rule never fires", async () => {
  settings.ALERT_LIMITS = '{"dead-letters":null}';
  await giveUp();
  expect((await alertOf("dead-letters")).state).toBe("ok");
});

test("each service is notified once when an alert begins and once when it ends", async () => {
  const hosts = ["slack.example", "discord.example", "ntfy.example", "events.pagerduty.com"];
  settings.ALERT_WEBHOOKS =
    "slack=https://slack.example/a discord=https://discord.example/b ntfy=https://ntfy.example/c pagerduty=R0UTING";
  let told: string[] = [];
  const fetching = vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    told.push(new URL(new Request(input).url).host);
    return new Response(null, { status: 202 });
  });
  await giveUp();
  expect(told).toEqual(hosts);
  told = [];
  await pass(2);
  expect(told).toEqual([]);
  now += PAST_EVERY_WINDOW_MS;
  await pass(2);
  expect(told).toEqual(hosts);
  fetching.mockRestore();
});

test("only a service that did not answer is notified again; the heartbeat is sent with each run", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const requests: string[] = [];
  let isDown = true;
  const fetching = vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const { host } = new URL(new Request(input).url);
    requests.push(host);
    return new Response(null, { status: host.startsWith("down") && isDown ? 503 : 200 });
  });
  settings = {
    ALERT_WEBHOOKS: "slack=https://up.example/a ntfy=https://down.example/b",
    HEARTBEAT_URL: "https://heartbeat.example/c",
  };
  await giveUp();
  expect(requests).toEqual(["up.example", "down.example", "heartbeat.example"]);
  requests.length = 0;
  isDown = false;
  await pass(2);
  expect(requests).toEqual(["down.example", "heartbeat.example", "heartbeat.example"]);
  fetching.mockRestore();
});
