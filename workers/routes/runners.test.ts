import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Runner, RunnerToken, RunnerTokenCreated } from "../contract/runners.ts";
import { eq } from "drizzle-orm";
import { catalog } from "../db/client.ts";
import { tasks } from "../db/transcoding-schema.ts";
import { insertRunnerToken, remoteRunnerId } from "../db/runner-tokens.ts";
import { containersToWake, forgetRunners, seeRunner } from "../db/runners.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { chargeFailure } from "../services/runner-health.ts";
import { runnerOfToken } from "../services/runner-tokens.ts";
import { reportProgress } from "../db/transcoding/reports.ts";
import { claimAny, queuedVideo, stopEverything } from "../../tests/support/worker/transcoding.ts";
import { call, newAccount, problemOf } from "../../tests/support/worker/api.ts";

const db = catalog(env);
const admin = await newAccount("admin");
const MINUTE_MS = 60_000;

async function issue(name = "GPU machine"): Promise<RunnerTokenCreated> {
  const response = await call(admin.app, "POST", "/v1/admin/runner-tokens", { name });
  expect(response.status).toBe(201);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response.json();
}

async function tokenList(): Promise<RunnerToken[]> {
  const response = await call(admin.app, "GET", "/v1/admin/runner-tokens");
  return (await response.json<{ items: RunnerToken[] }>()).items;
}

async function runnerList(): Promise<Runner[]> {
  const response = await call(admin.app, "GET", "/v1/admin/runners");
  return (await response.json<{ items: Runner[] }>()).items;
}

const runner = async (id: string) => (await runnerList()).find((item) => item.id === id);

const introduction = (id: string) => ({
  id,
  kind: id.startsWith("remote-") ? ("remote" as const) : ("container" as const),
  version: 3,
  slots: 2,
  capabilities: { kinds: ["plan", "video"] as const, codecs: ["h264"] as const },
});
const see = (id: string, now = Date.now()) => {
  const { capabilities, ...rest } = introduction(id);
  return seeRunner(
    db,
    {
      ...rest,
      capabilities: { kinds: [...capabilities.kinds], codecs: [...capabilities.codecs] },
    },
    now,
  );
};

/** Fails a new task on the runner. */
const fail = (id: string, taskId = newId(), others: string[] = [], at = Date.now()) =>
  chargeFailure(db, id, { taskId, code: "encoder_failed", at }, "no space left on device", others);

/** Finishes a new task on the runner. */
async function finishTaskOn(id: string): Promise<void> {
  const isNew = eq(tasks.videoId, await queuedVideo());
  await db.update(tasks).set({ state: "running", attempt: 1, runner: id }).where(isNew);
  await db.update(tasks).set({ state: "done", runner: null, finishedAt: Date.now() }).where(isNew);
}

afterEach(() => {
  vi.useRealTimers();
});

describe("runner tokens", () => {
  test("are recognisable by secret scanners, and only their hash is stored", async () => {
    const { token, hint } = await issue();
    expect(token).toMatch(/^kinora_rt_[0-9A-Za-z]{44}$/);
    expect(token.endsWith(hint)).toBe(true);
    const { results } = await env.CATALOG.prepare("SELECT * FROM runner_tokens").all();
    expect(JSON.stringify(results)).toContain(hint);
    expect(JSON.stringify(results)).not.toContain(token.slice("kinora_rt_".length));
  });

  test("show which runners use them", async () => {
    const { id, token } = await issue("Office");
    expect((await tokenList())[0]).toMatchObject({ id, name: "Office", runner: null });
    expect(JSON.stringify(await tokenList())).not.toContain(token);
    expect(await runnerOfToken(env, token)).toBe(remoteRunnerId(id));
    await see(remoteRunnerId(id));
    await finishTaskOn(remoteRunnerId(id));
    expect((await tokenList()).find((item) => item.id === id)?.runner).toMatchObject({
      kind: "remote",
      version: 3,
      capabilities: { kinds: ["plan", "video"], codecs: ["h264"] },
      tasksDone: 1,
      lastSeenAt: expect.any(String),
      quarantine: null,
    });
  });

  test("stop within a lease when they are revoked", async () => {
    const { id, token } = await issue();
    await see(remoteRunnerId(id));
    expect(await runnerOfToken(env, token)).not.toBeNull();
    const revoked = await call(admin.app, "DELETE", `/v1/admin/runner-tokens/${id}`);
    expect(revoked.status).toBe(204);
    vi.useFakeTimers({ now: Date.now() + 15_000, toFake: ["Date"] });
    expect(await runnerOfToken(env, token)).toBeNull();
    expect((await tokenList()).some((item) => item.id === id)).toBe(false);
    expect(await runner(remoteRunnerId(id))).toBeUndefined();
  });

  test("release their tasks at once to another runner", async () => {
    await stopEverything();
    const { id } = await issue();
    const videoId = await queuedVideo();
    const task = await claimAny(remoteRunnerId(id));
    expect(task.videoId).toBe(videoId);
    await call(admin.app, "DELETE", `/v1/admin/runner-tokens/${id}`);
    expect(await reportProgress(db, task, 0.5, Date.now())).toBe(false);
    const again = await claimAny("container-0");
    expect(again).toMatchObject({ id: task.id, attempt: task.attempt + 1, failures: 0 });
    await stopEverything();
  });

  test("cannot be guessed: unknown tokens, other secrets and ids are refused", async () => {
    const { id, token } = await issue();
    for (const other of [`${token}x`, `kinora_rt_${"a".repeat(44)}`, id, "", "kin_x"])
      expect(await runnerOfToken(env, other)).toBeNull();
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ["/v1/me", "/v1/videos", "/v1/admin/runners"])
      expect(
        (await exports.default.fetch(`http://localhost:8788${path}`, { headers })).status,
      ).toBe(401);
  });

  test("runnerTokens: one more than the limit is refused", async () => {
    const missing = LIMITS.runnerTokens - (await tokenList()).length;
    for (let count = 1; count < missing; count++) {
      const id = newId();
      const row = { id, name: "x", hint: "x", hash: id, createdBy: "x", createdAt: 0 };
      expect(await insertRunnerToken(db, row)).toBe(true);
    }
    const last = await issue();
    const refused = await call(admin.app, "POST", "/v1/admin/runner-tokens", { name: "x" });
    expect(await problemOf(refused)).toMatchObject({ status: 409, code: "limit_reached" });
    await call(admin.app, "DELETE", `/v1/admin/runner-tokens/${last.id}`);
    const { id } = await issue();
    await env.CATALOG.prepare("DELETE FROM runner_tokens WHERE id <> ?").bind(id).run();
  });
});

describe("a runner on which three tasks in a row fail", () => {
  test("gets no more tasks, shows the reason and is replaced; an admin can release it", async () => {
    for (const id of ["container-0", "container-1", "container-2"]) await see(id);
    expect(await fail("container-1")).toBeNull();
    expect(await fail("container-1")).toBeNull();
    expect(await containersToWake(db, 3, Date.now(), false)).toEqual([
      "container-0",
      "container-1",
      "container-2",
    ]);
    const quarantine = await fail("container-1");
    expect(quarantine?.reason).toContain("encoder_failed. no space left on device");
    expect(await see("container-1")).toEqual(quarantine);
    expect(await see("container-2")).toBeNull();
    expect(await runner("container-1")).toMatchObject({
      consecutiveFailures: 3,
      quarantine: { reason: quarantine?.reason },
    });
    expect(await containersToWake(db, 3, Date.now(), false)).toEqual([
      "container-0",
      "container-2",
      "container-3",
    ]);

    const lifted = await call(admin.app, "DELETE", "/v1/admin/runners/container-1/quarantine");
    expect(lifted.status).toBe(204);
    expect(await see("container-1")).toBeNull();
    expect(await runner("container-1")).toMatchObject({ consecutiveFailures: 0, quarantine: null });
  });

  test("is tried again after a while", async () => {
    const now = Date.now();
    await see("container-10");
    for (let count = 0; count < 3; count++) await fail("container-10");
    expect(await see("container-10", now + 14 * MINUTE_MS)).not.toBeNull();
    expect(await see("container-10", now + 16 * MINUTE_MS)).toBeNull();
    expect(await fail("container-10", newId(), [], now + 17 * MINUTE_MS)).not.toBeNull();
  });

  test("is not blamed for tasks that fail elsewhere too, nor after one that it finished", async () => {
    for (const id of ["container-20", "container-21"]) await see(id);
    for (const taskId of ["bad-1", "bad-2", "bad-3", "bad-4"]) {
      expect(await fail("container-20", taskId)).toBeNull();
      expect(await fail("container-21", taskId, ["container-20"])).toBeNull();
    }
    await fail("container-20");
    await fail("container-20");
    await finishTaskOn("container-20");
    expect(await fail("container-20")).toBeNull();
    expect(await runner("container-20")).toMatchObject({ consecutiveFailures: 1, tasksDone: 1 });
    expect(await runner("container-21")).toMatchObject({ consecutiveFailures: 0 });
  });

  test("counts concurrent failures", async () => {
    await see("container-30");
    const all = await Promise.all([1, 2, 3].map(() => fail("container-30")));
    expect(all.filter((quarantine) => quarantine !== null)).toHaveLength(1);
    await call(admin.app, "DELETE", "/v1/admin/runners/container-30/quarantine");
  });

  test("keeps working when half of the runners are in quarantine, since something else is broken then", async () => {
    await env.CATALOG.prepare("DELETE FROM runners").run();
    const ids = [40, 41, 42, 43].map((number) => `container-${number}`);
    for (const id of ids) await see(id);
    for (const id of ids) for (let count = 0; count < 3; count++) await fail(id);
    const inQuarantine = (await runnerList()).filter(({ quarantine }) => quarantine !== null);
    expect(inQuarantine.map(({ id }) => id).toSorted()).toEqual(["container-40", "container-41"]);
  });
});

test("a runner that asks for work continuously is recorded once per minute", async () => {
  const start = Date.now();
  await see("container-50", start);
  const lastSeen = async () => Date.parse((await runner("container-50"))?.lastSeenAt ?? "");
  await see("container-50", start + 59_000);
  expect(await lastSeen()).toBe(start);
  await see("container-50", start + 60_000);
  expect(await lastSeen()).toBe(start + 60_000);
});

test("disconnected runners are deleted, and so are those of a deleted token; the table has a limit", async () => {
  const { id } = await issue();
  await see(remoteRunnerId(id), 1000);
  await see("container-60", 1000);
  await see("container-61", 3000);
  await forgetRunners(db, 2000);
  expect(await runner("container-60")).toBeUndefined();
  expect(await runner("container-61")).toBeDefined();
  expect(await runner(remoteRunnerId(id))).toBeDefined();

  await env.CATALOG.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO runners (id, kind, version, capabilities, slots, first_seen_at, last_seen_at)
     SELECT 'local-' || i, 'local', 1, '{"kinds":[],"codecs":[]}', 1, 1, 1 FROM n`,
  )
    .bind(LIMITS.runners)
    .run();
  await see("container-62");
  expect(await runner("container-62")).toBeUndefined();
});
