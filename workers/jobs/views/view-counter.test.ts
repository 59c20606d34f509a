import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { newVideo } from "../../../tests/support/worker/api.ts";
import { CountingD1 } from "../../../tests/support/worker/counting-d1.ts";
import { flushViews } from "../../../tests/support/worker/views.ts";
import { newId } from "../../domain/id.ts";
import { moveViews } from "./move-views.ts";
import { catalog } from "../../db/client.ts";
import { views } from "../../db/playback-schema.ts";
import { searchPicks } from "../../db/search-schema.ts";
import type { ViewCounter } from "./view-counter.ts";
import { findVideo } from "../../db/videos.ts";
import { viewCounterOf } from "../../db/views.ts";

const db = catalog(env);
const viewsOf = async (id: string) => (await findVideo(db, id))?.views;

/** Playbacks of a video, each by another viewer. */
async function watch(videoId: string, count: number, at = Date.now()): Promise<void> {
  const counter = viewCounterOf(env, videoId);
  for (let index = 0; index < count; index++) {
    const sessionId = newId();
    await counter.noteFetch(videoId, sessionId, at);
    await counter.countView({ videoId, sessionId, who: newId(), at, viewTimeMs: 0 });
  }
}

/** Gives the counter of a video another catalogue. */
function withCatalog(videoId: string, CATALOG: D1Database): Promise<void> {
  return runInDurableObject(viewCounterOf(env, videoId), (counter: ViewCounter) => {
    Object.assign(counter, { env: { ...env, CATALOG } });
  });
}

/** A catalogue that executes everything, but whose responses to batches are lost. */
const answerless = {
  prepare: (sql: string) => env.CATALOG.prepare(sql),
  batch: async (statements: D1PreparedStatement[]) => {
    await env.CATALOG.batch(statements);
    throw new Error("Network connection lost");
  },
} as unknown as D1Database;

test("a flush whose response was lost is sent again and counted once", async () => {
  const id = await newVideo("somebody");
  await watch(id, 3);
  await viewCounterOf(env, id).countPick({ query: newId(), who: "a", videoId: id, at: 1 });
  await withCatalog(id, answerless);
  // The flush fails but the alarm does not, so that the platform never gives it up.
  expect(await runDurableObjectAlarm(viewCounterOf(env, id))).toBe(true);
  expect(await viewsOf(id)).toBe(3);
  await watch(id, 1);
  await withCatalog(id, env.CATALOG);
  expect(await runDurableObjectAlarm(viewCounterOf(env, id))).toBe(true);
  expect(await viewsOf(id)).toBe(4);
  expect(await db.select().from(searchPicks).where(eq(searchPicks.videoId, id))).toHaveLength(1);
});

test("views accepted by a counter wait while the catalogue is unavailable", async () => {
  const id = await newVideo("somebody");
  await watch(id, 2);
  const away = {
    prepare: () => {
      throw new Error("D1_ERROR: away");
    },
  } as unknown as D1Database;
  await withCatalog(id, away);
  expect(await runDurableObjectAlarm(viewCounterOf(env, id))).toBe(true);
  expect(await viewsOf(id)).toBe(0);
  await withCatalog(id, env.CATALOG);
  expect(await runDurableObjectAlarm(viewCounterOf(env, id))).toBe(true);
  expect(await viewsOf(id)).toBe(2);
});

test("a hundred views and picks reach the catalogue in two round trips", async () => {
  const id = await newVideo("somebody");
  await flushViews(id);
  await watch(id, 100);
  for (let index = 0; index < 100; index++)
    await viewCounterOf(env, id).countPick({ query: "q", who: newId(), videoId: id, at: 1 });
  const counting = new CountingD1(env.CATALOG);
  await withCatalog(id, counting.binding);
  await flushViews(id);
  await withCatalog(id, env.CATALOG);
  expect(await viewsOf(id)).toBe(100);
  expect(counting.calls).toBe(2);
});

test("playbacks are forgotten once no token can be that old", async () => {
  const id = await newVideo("somebody");
  await watch(id, 1, Date.now() - 3 * 86_400_000);
  const counter = viewCounterOf(env, id);
  const known = () =>
    runInDurableObject(counter, (_counter, { storage }) =>
      storage.sql.exec("SELECT 1 FROM playbacks WHERE video_id = ?", id).toArray(),
    );
  expect(await known()).toHaveLength(1);
  await runDurableObjectAlarm(counter);
  expect(await viewsOf(id)).toBe(1);
  expect(await known()).toHaveLength(0);
});

test("a view counted by the catalogue before counters existed is not counted again", async () => {
  const id = await newVideo("somebody", { views: 1 });
  const [sessionId, at] = [newId(), Date.now()];
  await db.insert(views).values({ videoId: id, sessionId, who: "w", seenAt: at - 1000 });
  await moveViews(env);
  expect(await db.$count(views)).toBe(0);
  const counter = viewCounterOf(env, id);
  for (const session of [sessionId, newId()]) {
    await counter.noteFetch(id, session, at);
    await counter.countView({ videoId: id, sessionId: session, who: "w", at, viewTimeMs: 0 });
  }
  await flushViews(id);
  expect(await viewsOf(id)).toBe(1);
});
