import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { call, newAccount } from "../../../tests/support/worker/api.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  claimFor,
  claimOf,
  claimWork,
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { heldCreators } from "../../db/encode-usage.ts";
import { encodeUsage } from "../../db/runner-schema.ts";
import {
  chargeRunner,
  containersToWake,
  findRunner,
  quarantineOf,
  seeRunner,
} from "../../db/runners.ts";
import { newId } from "../../domain/id.ts";
import { admitRunner, recordResult, takeBack } from "./runner-work.ts";

beforeEach(stopEverything);

test("a broken runner is quarantined after three tasks, and no video fails", async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, () => queuedVideo()));
  const context = jobContext();
  const outcome = {
    type: "failed" as const,
    code: "encoder_failed",
    detail: "no space left on device",
    permanent: false,
  };
  /** Acts like `container-0`: it asks for work and fails every task. */
  async function failAtNext(): Promise<string> {
    const claim = claimOf("container-0");
    const now = Date.now();
    const refusal = await admitRunner(context, "container", claim, now);
    const answer = refusal ?? (await claimWork(context, claim, 10, now));
    if (answer.type !== "task") return answer.type;
    const { taskId, attempt } = answer.task;
    await recordResult(context, { taskId, attempt, runner: claim.runner, outcome }, now);
    return answer.type;
  }
  expect(await admitRunner(context, "container", claimOf("container-1"), Date.now())).toBeNull();
  const answers = [];
  for (let count = 0; count < 5; count++) answers.push(await failAtNext());
  expect(answers).toEqual(["task", "task", "task", "exit", "exit"]);
  const row = await findRunner(db, "container-0");
  expect(row && quarantineOf(row, Date.now())?.reason).toContain("no space left on device");
  expect(await containersToWake(db, 2, Date.now(), false)).toEqual(["container-1", "container-2"]);

  // A failed task waits five seconds for its second attempt, which runs on the other runner.
  await env.CATALOG.prepare("UPDATE tasks SET not_before = 0 WHERE not_before > 0").run();
  await work();
  const states = await Promise.all(ids.map(async (id) => (await videoRow(id)).state));
  expect(new Set(states)).toEqual(new Set(["ready"]));
});

test("the only transcoder of a deployment is never quarantined, since nothing could continue without it", async () => {
  const runner = {
    id: "local-0",
    kind: "local" as const,
    version: 1,
    slots: 1,
    capabilities: { kinds: [], codecs: [] },
  };
  const now = Date.now();
  await seeRunner(db, runner, now);
  for (const taskId of ["a", "b", "c", "d", "e"])
    await chargeRunner(
      db,
      runner.id,
      { taskId, code: "encoder_failed", at: now },
      "out of memory",
      [],
    );
  const row = await findRunner(db, runner.id);
  expect(row && quarantineOf(row, now)).toBeNull();
});

test("finished work counts towards the creator's daily budget, and work beyond it waits", async () => {
  const ownerId = newId();
  const first = await queuedVideo(ownerId);
  const context = (minutes: string) =>
    jobContext({ env: { ...env, ENCODE_MINUTES_PER_DAY: minutes } as unknown as Env });
  await work(new ScriptedTranscoder(1), context("0"));
  expect((await videoRow(first)).state).toBe("ready");
  const second = await queuedVideo(ownerId);
  // Less than the plan task takes.
  await work(new ScriptedTranscoder(1), context("0.0000001"));
  expect((await videoRow(second)).state).toBe("processing");
  const held = await heldCreators(db, Date.now(), 100);
  expect(held.map((row) => row.ownerId)).toContain(ownerId);
});

test("work without a result counts too: handed back, lost with its runner, or for a deleted video", async () => {
  const minutes = { ENCODE_MINUTES_PER_DAY: "10" };
  const context = jobContext({ env: { ...env, ...minutes } as unknown as Env });
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  const usedMinutes = async () => {
    const row = await db.select().from(encodeUsage).where(eq(encodeUsage.ownerId, userId)).get();
    return Math.round((row?.milliseconds ?? 0) / 60_000);
  };
  /** Claims the task and lets three minutes pass. */
  async function workFor3Minutes(): Promise<void> {
    await claimFor(context, "local-0");
    await env.CATALOG.prepare(
      "UPDATE tasks SET started_at = started_at - 180000 WHERE video_id = ?",
    )
      .bind(id)
      .run();
  }
  await workFor3Minutes();
  await takeBack(context, { runner: "local-0", held: [], reason: "SIGTERM" }, Date.now());
  expect(await usedMinutes()).toBe(3);
  // A message about a task that it does not hold counts nothing.
  await takeBack(context, { runner: "local-0", held: [], reason: "SIGTERM" }, Date.now());
  expect(await usedMinutes()).toBe(3);
  await workFor3Minutes();
  await admitRunner(context, "local", claimOf("local-0"), Date.now());
  expect(await usedMinutes()).toBe(6);
  await workFor3Minutes();
  expect((await call(app, "DELETE", `/v1/videos/${id}`)).status).toBe(204);
  expect(await usedMinutes()).toBe(9);
  await context.settle();
});

test("a creator whose attempts keep ending without a result also waits once the budget is used", async () => {
  const ownerId = newId();
  await queuedVideo(ownerId);
  const minutes = { ENCODE_MINUTES_PER_DAY: "2" };
  const context = jobContext({ env: { ...env, ...minutes } as unknown as Env });
  await claimFor(context, "local-0");
  const later = Date.now() + 180_000;
  await takeBack(context, { runner: "local-0", held: [], reason: "SIGTERM" }, later);
  expect((await heldCreators(db, later, 100)).map((row) => row.ownerId)).toContain(ownerId);
  await expect(claimFor(context, "local-0")).rejects.toThrow("nothing to claim");
  await context.settle();
});
