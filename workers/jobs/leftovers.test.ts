import { env } from "cloudflare:workers";
import { eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { rateLimit, session, verification } from "../db/accounts/auth-schema.ts";
import {
  oauthAccessToken,
  oauthClient,
  oauthClientAssertion,
  oauthConsent,
  oauthRefreshToken,
} from "../db/accounts/oauth-schema.ts";
import { catalog } from "../db/client.ts";
import { revocations } from "../db/playback-schema.ts";
import { idempotency, uploads, videos } from "../db/schema.ts";
import { tasks } from "../db/transcoding-schema.ts";
import { failedItems } from "../db/sweep-failures.ts";
import { sweepFailures } from "../db/upkeep-schema.ts";
import { newId } from "../domain/id.ts";
import { newAccount, newVideo } from "../../tests/support/worker/api.ts";
import { expireRecords, expireUploads } from "./cleanup/expire.ts";
import { jobContext, queuedVideo, taskRows } from "../../tests/support/worker/transcoding.ts";
import { purgeLeftovers } from "./cleanup/purge.ts";
import { recoverExpired } from "./tasks/recover.ts";
import { workOff } from "./work-off.ts";

const DAY_MS = 86_400_000;
/** A large budget, so that a busy computer does not end the step early. */
const LONG_BUDGET_MS = 300_000;
const db = catalog(env);

test("a step of the sweep works until nothing is left and skips items that throw", async () => {
  const waiting = Array.from({ length: 500 }, (_, index) => `item ${index}`);
  const broken = new Set(["item 0", "item 1", "item 77"]);
  await workOff({
    db,
    step: newId(),
    next: async (limit) => waiting.slice(0, limit),
    idOf: (item) => item,
    handle: async (item) => {
      if (broken.has(item)) throw new Error("broken");
      waiting.splice(waiting.indexOf(item), 1);
    },
  });
  expect(waiting).toEqual([...broken]);
});

test("a step of the sweep ends when its budget is used or when everything fails", async () => {
  let handled = 0;
  const backlog = (handle: () => Promise<void>) => ({
    db,
    step: newId(),
    next: async (limit: number) => Array.from({ length: limit }, (_, index) => String(index)),
    idOf: (item: string) => item,
    handle,
  });
  await workOff(
    backlog(async () => void handled++),
    0,
  );
  expect(handled).toBe(0);
  let failed = 0;
  await workOff(
    backlog(async () => {
      failed++;
      throw new Error("the storage is down");
    }),
  );
  expect(failed).toBe(20);
});

test("items that always fail do not block the items behind them", async () => {
  const step = newId();
  const broken = Array.from({ length: 70 }, (_, index) => `broken ${index}`);
  const waiting = [...broken, "last"];
  const run = () =>
    workOff({
      db,
      step,
      next: async (limit) => waiting.slice(0, limit),
      idOf: (item) => item,
      handle: async (item) => {
        if (item !== "last") throw new Error("broken");
        waiting.pop();
      },
    });
  for (let runs = 0; runs < 4; runs++) await run();
  expect(waiting).toEqual(broken);
});

test("a failed item is tried again later, and its failure is cleared when it succeeds", async () => {
  const step = newId();
  let isBroken = true;
  const handled: string[] = [];
  const run = () =>
    workOff({
      db,
      step,
      next: async () => ["item"],
      idOf: (item) => item,
      handle: async (item) => {
        handled.push(item);
        if (isBroken) throw new Error("broken");
      },
    });
  await run();
  isBroken = false;
  await run();
  expect(handled).toHaveLength(1);
  await db.update(sweepFailures).set({ notBefore: 1 }).where(eq(sweepFailures.step, step));
  await run();
  expect(handled).toHaveLength(2);
  expect((await failedItems(db, step)).size).toBe(0);
});

test("a task whose failure cannot be recorded does not keep the others from being recovered", async () => {
  const rows = await Promise.all(
    [1, 2].map(async (leaseUntil) => {
      const id = await queuedVideo();
      const [row] = await taskRows(id);
      const change = { state: "running" as const, attempt: 1, leaseUntil };
      await db.update(tasks).set(change).where(eq(tasks.id, row!.id));
      return row!;
    }),
  );
  // The failure of the first of them cannot be written.
  await env.CATALOG.exec(
    `CREATE TRIGGER broken BEFORE UPDATE ON tasks WHEN old.id = '${rows[0]!.id}' BEGIN SELECT raise(ABORT, 'broken'); END`,
  );
  try {
    await recoverExpired(jobContext());
  } finally {
    await env.CATALOG.exec("DROP TRIGGER broken");
  }
  const states = await Promise.all(
    rows.map(
      async ({ id }) => (await db.select().from(tasks).where(eq(tasks.id, id)).get())?.state,
    ),
  );
  expect(states).toEqual(["running", "queued"]);
});

test("one run ends more uploads than fit into a page", async () => {
  const { userId } = await newAccount();
  const count = 60;
  const ids = Array.from({ length: count }, () => newId());
  for (const [index, id] of ids.entries()) {
    const videoId = await newVideo(userId, { state: "uploading", publishedAt: null });
    await db.insert(uploads).values({
      ...{ id, videoId, ownerId: userId, filename: "a.mp4", size: 1, contentType: "video/mp4" },
      ...{ partSize: 1, partCount: 1, key: `sources/${videoId}/${id}`, multipartId: "none" },
      ...{ createdAt: 0, expiresAt: index },
    });
  }
  await expireUploads(env, LONG_BUDGET_MS);
  const rows = await db.select().from(uploads).where(eq(uploads.ownerId, userId));
  expect(rows.map(({ state }) => state)).toEqual(ids.map(() => "expired"));
});

test("one run purges more than ten videos", async () => {
  const { userId } = await newAccount();
  const erased = { deletedAt: 1, erasedAt: 1 };
  const ids = await Promise.all(Array.from({ length: 12 }, () => newVideo(userId, erased)));
  await purgeLeftovers(env, Date.now(), LONG_BUDGET_MS);
  const rows = await db.select().from(videos).where(inArray(videos.id, ids));
  expect(rows.filter(({ purgedAt }) => purgedAt === null)).toEqual([]);
});

test("expired sessions, verifications and old attempt counters are deleted, current ones stay", async () => {
  const { userId } = await newAccount();
  const [old, current] = [newId(), newId()];
  const now = Date.now();
  for (const [id, time] of [
    [old, now - 2 * DAY_MS],
    [current, now + DAY_MS],
  ] as const) {
    const expiresAt = new Date(time);
    await db.insert(session).values({ id, token: id, userId, expiresAt });
    await db.insert(verification).values({ id, identifier: id, value: "x", expiresAt });
    await db.insert(rateLimit).values({ id, key: id, count: 1, lastRequest: time });
  }
  await expireRecords(env);
  for (const table of [session, verification, rateLimit]) {
    const rows = await db
      .select({ id: table.id })
      .from(table)
      .where(inArray(table.id, [old, current]));
    expect(rows).toEqual([{ id: current }]);
  }
});

test("old idempotency responses, revocations and failures are deleted, current ones stay", async () => {
  const [old, current] = [newId(), newId()];
  const now = Date.now();
  for (const [id, time] of [
    [old, now - 40 * DAY_MS],
    [current, now],
  ] as const) {
    const answer = { principal: id, key: id, requestHash: "x", createdAt: time };
    await db.insert(idempotency).values(answer);
    await db.insert(revocations).values({ subject: id, at: time });
    await db.insert(sweepFailures).values({ step: id, item: id, failures: 1, notBefore: time });
  }
  await expireRecords(env);
  const ids = [old, current];
  const rows = await Promise.all([
    db.select({ id: idempotency.key }).from(idempotency).where(inArray(idempotency.key, ids)),
    db
      .select({ id: revocations.subject })
      .from(revocations)
      .where(inArray(revocations.subject, ids)),
    db
      .select({ id: sweepFailures.step })
      .from(sweepFailures)
      .where(inArray(sweepFailures.step, ids)),
  ]);
  expect(rows).toEqual([[{ id: current }], [{ id: current }], [{ id: current }]]);
});

test("ended uploads and purged videos are deleted after a month, even more than fit into one step", async () => {
  const { userId } = await newAccount();
  const now = Date.now();
  const old = now - 31 * DAY_MS;
  const addUploads = (state: string, expiresAt: number, count: number) =>
    env.CATALOG.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?4)
       INSERT INTO uploads (id, video_id, owner_id, filename, size, content_type, part_size, part_count, key, multipart_id, state, created_at, expires_at)
       SELECT ?1 || ?2 || ?3 || i, 'none', ?1, 'x', 1, 'x', 1, 1, 'x', 'x', ?2, 1, ?3 FROM n`,
    )
      .bind(userId, state, expiresAt, count)
      .run();
  for (const state of ["completed", "aborted", "expired"]) {
    await addUploads(state, old, 150);
    await addUploads(state, now - DAY_MS, 1);
  }
  await addUploads("open", old, 1);
  const erased = { deletedAt: old, erasedAt: old };
  const forgotten = await newVideo(userId, { ...erased, purgedAt: old });
  const kept = [
    await newVideo(userId, { ...erased, purgedAt: now - DAY_MS }),
    await newVideo(userId, erased),
    await newVideo(userId),
  ];
  await expireRecords(env);
  const left = await db
    .select({ state: uploads.state })
    .from(uploads)
    .where(eq(uploads.ownerId, userId));
  const states = left.map(({ state }) => state).toSorted();
  expect(states).toEqual(["aborted", "completed", "expired", "open"]);
  const rows = await db.select({ id: videos.id }).from(videos).where(eq(videos.ownerId, userId));
  expect(rows.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
  expect(kept).not.toContain(forgotten);
});

test("expired OAuth tokens and unused self-registered apps are deleted", async () => {
  const { userId } = await newAccount();
  const now = Date.now();
  const [unused, used, young, owned] = [newId(), newId(), newId(), newId()];
  const month = new Date(now - 31 * DAY_MS);
  const client = (clientId: string, change: Partial<typeof oauthClient.$inferInsert> = {}) =>
    db
      .insert(oauthClient)
      .values({ id: clientId, clientId, redirectUris: "[]", createdAt: month, ...change });
  await client(unused);
  await client(used);
  await client(young, { createdAt: new Date(now) });
  await client(owned, { userId });
  await db.insert(oauthConsent).values({ id: used, clientId: used, userId, scopes: "[]" });
  const tokensOf = (clientId: string, expiresAt: Date) => ({
    ...{ id: newId(), token: newId(), clientId, userId, scopes: "[]", expiresAt },
  });
  for (const table of [oauthAccessToken, oauthRefreshToken])
    for (const time of [now - DAY_MS, now + DAY_MS])
      await db.insert(table).values(tokensOf(used, new Date(time)));
  for (const [id, time] of [
    [unused, now - DAY_MS],
    [used, now + DAY_MS],
  ] as const)
    await db.insert(oauthClientAssertion).values({ id, expiresAt: new Date(time) });

  await expireRecords(env);
  const ids = [unused, used, young, owned];
  const clients = await db
    .select({ id: oauthClient.id })
    .from(oauthClient)
    .where(inArray(oauthClient.id, ids));
  expect(clients.map(({ id }) => id).toSorted()).toEqual([used, young, owned].toSorted());
  for (const table of [oauthAccessToken, oauthRefreshToken]) {
    const tokens = await db.select().from(table).where(eq(table.userId, userId));
    expect(tokens.map(({ expiresAt }) => Number(expiresAt) > now)).toEqual([true]);
  }
  const assertions = await db
    .select({ id: oauthClientAssertion.id })
    .from(oauthClientAssertion)
    .where(inArray(oauthClientAssertion.id, ids));
  expect(assertions).toEqual([{ id: used }]);
});
