import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { HEALTH_PARTS } from "../contract/health-parts.ts";
import { Readiness } from "../contract/health.ts";
import { outbox } from "../db/upkeep-schema.ts";
import { anonymous, newAccount, type TestApp } from "../../tests/support/worker/api.ts";
import { db, queuedVideo, stopEverything } from "../../tests/support/worker/transcoding.ts";
import { lanes, tasks } from "../db/transcoding-schema.ts";

const admin = await newAccount("admin");
const operator = await newAccount("operator");
const creator = await newAccount("creator");
const moderator = await newAccount("moderator");
const MINUTE_MS = 60_000;

beforeEach(async () => {
  await stopEverything();
  await db.delete(outbox);
});

async function ask(app: TestApp, change: Partial<Env> = {}) {
  const response = await app.request(
    "/readyz",
    {},
    { ...env, ...change },
    createExecutionContext(),
  );
  expect(response.headers.get("cache-control")).toBe("no-store");
  return { status: response.status, body: Readiness.parse(await response.json()) };
}

const partOf = (body: Readiness, name: string) => body.parts?.find(({ part }) => part === name);

const GONE = "D1_ERROR: Network connection lost.";
const statement = {
  bind: () => statement,
  ...Object.fromEntries(
    ["run", "all", "raw", "first"].map((call) => [call, () => Promise.reject(new Error(GONE))]),
  ),
};
const brokenDatabase = { prepare: () => statement } as unknown as D1Database;

test("the liveness check responds without asking any dependency", async () => {
  const broken = { ...env, CATALOG: brokenDatabase, SEARCH: brokenDatabase };
  const response = await anonymous.request("/healthz", {}, broken, createExecutionContext());
  expect([response.status, await response.json()]).toEqual([200, { status: "alive" }]);
});

test("the site is ready when everything responds, and only operators see the parts", async () => {
  for (const app of [anonymous, creator.app, moderator.app])
    expect(await ask(app)).toEqual({
      status: 200,
      body: { status: "ready", checkedAt: expect.any(String) as string },
    });
  const { body } = await ask(operator.app);
  expect(body.status).toBe("ready");
  expect(body.parts?.map(({ part, isReady }) => [part, isReady])).toEqual(
    HEALTH_PARTS.map((part) => [part, true]),
  );
});

test("the site is unavailable without the catalogue, and degraded without the search index", async () => {
  const unavailable = await ask(anonymous, { CATALOG: brokenDatabase });
  expect(unavailable).toMatchObject({ status: 503, body: { status: "unavailable" } });
  const { status, body } = await ask(admin.app, { SEARCH: brokenDatabase });
  expect([status, body.status]).toEqual([200, "degraded"]);
  expect(partOf(body, "search")).toMatchObject({ isReady: false, problem: `Error: ${GONE}` });
  expect(partOf(body, "catalog")).toMatchObject({ isReady: true });
});

test("a part that never responds is reported and delays nobody", async () => {
  const MEDIA = { head: () => new Promise(() => {}) } as unknown as R2Bucket;
  const { status, body } = await ask(admin.app, { MEDIA });
  expect([status, body.status]).toEqual([503, "unavailable"]);
  expect(partOf(body, "storage")?.problem).toContain("did not answer within");
});

test("the parts are checked at most once per five seconds", async () => {
  let calls = 0;
  const MEDIA = { head: async () => void calls++ } as unknown as R2Bucket;
  const fixed = { ...env, MEDIA };
  for (let count = 0; count < 3; count++)
    await anonymous.request("/readyz", {}, fixed, createExecutionContext());
  expect(calls).toBe(1);
});

test.each([
  ["that no queue takes", { sentAt: null, createdAt: Date.now() - 6 * MINUTE_MS }],
  ["that nobody handles", { sentAt: Date.now() - 31 * MINUTE_MS, createdAt: 0 }],
])("messages %s make the site degraded", async (_, times) => {
  const message = { queue: "events" as const, body: { kind: "index-video", videoId: "x" } };
  await db.insert(outbox).values({ ...message, sentAt: Date.now(), createdAt: Date.now() });
  expect((await ask(anonymous)).body.status).toBe("ready");
  await db.insert(outbox).values({ ...message, ...times });
  const { body } = await ask(admin.app);
  expect(body.status).toBe("degraded");
  expect(partOf(body, "queues")?.problem).toContain("outbox.refused");
});

test("videos that wait while no runner asks for work make the site degraded", async () => {
  await queuedVideo();
  await db.delete(outbox);
  expect((await ask(anonymous)).body.status).toBe("ready");
  const since = Date.now() - 6 * MINUTE_MS;
  await db.update(tasks).set({ since });
  await db.update(lanes).set({ since });
  const { body } = await ask(admin.app);
  expect(body.status).toBe("degraded");
  expect(partOf(body, "runners")?.problem).toContain("runner.start-failed");
});
