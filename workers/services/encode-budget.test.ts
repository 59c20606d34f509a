import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { RunnerList } from "../contract/runners.ts";
import type { Video } from "../contract/videos.ts";
import { catalog, runBatch } from "../db/client.ts";
import {
  countEncodeTime,
  forgetEncodeUsage,
  heldCreators,
  releaseHeld,
} from "../db/encode-usage.ts";
import { nextMidnight } from "../domain/tasks/encode-budget.ts";
import { newId } from "../domain/id.ts";
import { claimAny, queuedVideo, stopEverything } from "../../tests/support/worker/transcoding.ts";
import { call, newAccount, newVideo } from "../../tests/support/worker/api.ts";

const db = catalog(env);
const MINUTE_MS = 60_000;
const BUDGET_MS = 10 * MINUTE_MS;
const NOON = Date.UTC(2026, 10, 29, 12);
const MIDNIGHT = Date.UTC(2026, 10, 30);

/** Ends an attempt that a runner has worked on for this many minutes. */
const count = (ownerId: string, minutes: number, now = NOON, budgetMs: number | null = BUDGET_MS) =>
  runBatch(
    db,
    countEncodeTime(db, { ownerId, startedAt: now - minutes * MINUTE_MS }, budgetMs, now),
  );
const heldUntil = async (ownerId: string, now = NOON) =>
  (await heldCreators(db, now, 100)).find((row) => row.ownerId === ownerId)?.heldUntil ?? null;

test("a creator's tasks wait until midnight UTC once the budget of the day is used", async () => {
  const ownerId = newId();
  await count(ownerId, 6);
  expect(await heldUntil(ownerId)).toBeNull();
  await count(ownerId, 4);
  expect(await heldUntil(ownerId)).toBe(MIDNIGHT);
  expect(await heldUntil(newId())).toBeNull();
  expect(await heldUntil(ownerId, MIDNIGHT)).toBeNull();
});

test("no runner gets a task of a creator whose budget is used, until midnight UTC", async () => {
  await stopEverything();
  const [ownerId, other] = [newId(), newId()];
  await queuedVideo(ownerId);
  await count(ownerId, 11, Date.now());
  await expect(claimAny()).rejects.toThrow("nothing to claim");
  const second = await queuedVideo(ownerId);
  const foreign = await queuedVideo(other);
  expect((await claimAny()).videoId).toBe(foreign);
  await expect(claimAny()).rejects.toThrow("nothing to claim");

  await releaseHeld(db, nextMidnight(Date.now()) - 1);
  await expect(claimAny()).rejects.toThrow("nothing to claim");
  await releaseHeld(db, nextMidnight(Date.now()));
  expect([(await claimAny()).ownerId, (await claimAny()).videoId]).toEqual([ownerId, second]);
  await stopEverything();
});

test("every day begins with the whole budget", async () => {
  const ownerId = newId();
  await count(ownerId, 20);
  expect(await heldUntil(ownerId)).toBe(MIDNIGHT);
  await count(ownerId, 6, MIDNIGHT + 1);
  expect(await heldUntil(ownerId, MIDNIGHT + 1)).toBeNull();
  await count(ownerId, 6, MIDNIGHT + 2);
  expect(await heldUntil(ownerId, MIDNIGHT + 2)).toBe(MIDNIGHT + 86_400_000);
});

test("attempts that end at the same time all count", async () => {
  const ownerId = newId();
  await Promise.all([3, 3, 3, 3].map((minutes) => count(ownerId, minutes)));
  expect(await heldUntil(ownerId)).toBe(MIDNIGHT);
});

test("without a budget no task waits, and old counters are deleted", async () => {
  const ownerId = newId();
  await count(ownerId, 600, NOON, null);
  expect(await heldUntil(ownerId)).toBeNull();
  const rows = async () =>
    (await env.CATALOG.prepare("SELECT * FROM encode_usage WHERE owner_id = ?").bind(ownerId).all())
      .results.length;
  expect(await rows()).toBe(1);
  await forgetEncodeUsage(db, NOON);
  expect(await rows()).toBe(1);
  await forgetEncodeUsage(db, MIDNIGHT);
  expect(await rows()).toBe(0);
});

test("the creator and the operator are told what waits, and nobody else", async () => {
  const creator = await newAccount();
  const [admin, other] = [await newAccount("admin"), await newAccount()];
  const state = { state: "playable" as const };
  const id = await newVideo(creator.userId, state);
  const foreign = await newVideo(other.userId, state);
  const ready = await newVideo(creator.userId);
  await count(creator.userId, 11, Date.now());
  const waiting = async (account: typeof other, video: string) =>
    (await (await call(account.app, "GET", `/v1/videos/${video}`)).json<Video>()).waiting;
  expect(await waiting(creator, id)).toEqual({
    code: "encode_minutes_used",
    detail: expect.stringContaining("after midnight UTC"),
    until: expect.stringContaining("T00:00:00.000Z"),
  });
  expect(await waiting(admin, id)).not.toBeNull();
  expect(await waiting(other, id)).toBeNull();
  expect(await waiting(other, foreign)).toBeNull();
  expect(await waiting(creator, ready)).toBeNull();
  const list = await call(admin.app, "GET", "/v1/admin/runners");
  const { heldCreators: held } = await list.json<RunnerList>();
  expect(held.find((row) => row.id === creator.userId)).toMatchObject({ minutes: 11 });
});
