import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { runBatch } from "../../db/client.ts";
import { countEncodeTime } from "../../db/encode-usage.ts";
import { seeRunner } from "../../db/runners.ts";
import { runners } from "../../db/runner-schema.ts";
import { promoteDue, readBacklog } from "../../db/transcoding/claim.ts";
import { handBack, handBackAll, handBackLost } from "../../db/transcoding/tasks.ts";
import { tasks } from "../../db/transcoding-schema.ts";
import { newId } from "../../domain/id.ts";
import { chunks, claim, EVERYTHING } from "../../../tests/support/worker/claims.ts";
import {
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRow,
} from "../../../tests/support/worker/transcoding.ts";
import { recordFailure } from "./record-failure.ts";
import { recoverExpired, releaseWaiting } from "./recover.ts";

beforeEach(async () => {
  await stopEverything();
  await db.delete(runners);
});

const see = (id: string) =>
  seeRunner(db, { id, kind: "local", version: 1, capabilities: EVERYTHING, slots: 4 }, Date.now());

const context = () => jobContext();
const failure = (code: string) => ({ code, detail: "", permanent: false });

test("a runner without free slots gets no task", async () => {
  await chunks("ada", 3);
  expect(await claim({ slots: 2 })).not.toBeNull();
  expect(await claim({ slots: 2 })).not.toBeNull();
  expect(await claim({ slots: 2 })).toBeNull();
  expect(await claim({ slots: 2, runner: "local-1" })).not.toBeNull();
});

test("concurrent claims each get a different task", async () => {
  await chunks("ada", 8);
  const claims = await Promise.all(Array.from({ length: 8 }, () => claim()));
  expect(new Set(claims.map((task) => task?.id)).size).toBe(8);
});

test("a runner gets only tasks of the kinds and codecs that it supports", async () => {
  const id = await queuedVideo();
  const encoder = { kinds: ["video" as const], codecs: ["h264" as const] };
  expect(await claim({ capabilities: encoder })).toBeNull();
  expect(await claim()).toMatchObject({ videoId: id, kind: "plan" });
  await chunks("ada", 1);
  expect(await claim({ capabilities: { kinds: ["video"], codecs: ["av1"] } })).toBeNull();
  expect(await claim({ capabilities: encoder })).toMatchObject({ kind: "video" });
});

test("creators take turns, however much work each one has", async () => {
  await chunks("ada", 6);
  await chunks("bob", 3);
  const owners: unknown[] = [];
  for (let index = 0; index < 6; index++) owners.push((await claim())?.ownerId);
  expect(owners.map(String).toSorted((left, right) => left.localeCompare(right))).toEqual([
    "ada",
    "ada",
    "ada",
    "bob",
    "bob",
    "bob",
  ]);
});

test("a task never goes back to a runner on which it failed or died while there is another", async () => {
  await see("local-0");
  await see("local-1");
  await chunks("ada", 1);
  const first = (await claim())!;
  await recordFailure(context(), first, failure("encoder_failed"));
  await runBatch(db, [promoteDue(db, Date.now() + 60_000, 10)]);
  expect(await claim()).toBeNull();
  const second = (await claim({ runner: "local-1" }))!;
  expect(second).toMatchObject({ id: first.id, attempt: 2, failures: 1 });

  // It also dies there: now it has failed on every runner, so any of them may retry it.
  await db.update(tasks).set({ leaseUntil: 1 }).where(eq(tasks.id, second.id));
  await recoverExpired(context());
  expect(await taskRow(second.videoId, second.name)).toMatchObject({
    failures: 1,
    interruptions: 1,
    avoid: ["local-0", "local-1"],
  });
  expect(await claim()).toMatchObject({ id: first.id, attempt: 3 });
});

test("interruptions never fail a task, and from the fifth on the operator is told", async () => {
  const lines = vi.spyOn(console, "error").mockImplementation(() => {});
  await chunks("ada", 1);
  const told: boolean[] = [];
  for (let count = 0; count < 7; count++) {
    lines.mockClear();
    const task = (await claim())!;
    await recordFailure(context(), task, failure("attempt_interrupted"));
    told.push(lines.mock.calls.some(([line]) => String(line).includes("task.interrupted-often")));
    expect(await taskRow(task.videoId, task.name)).toMatchObject({
      ...{ state: "queued", failures: 0, interruptions: count + 1 },
    });
    await runBatch(db, [promoteDue(db, Date.now() + 3_600_000, 10)]);
  }
  lines.mockRestore();
  expect(told).toEqual([false, false, false, false, true, true, true]);
});

test("the only runner that could do a task gets it again after a wait", async () => {
  await see("local-0");
  await seeRunner(
    db,
    {
      id: "local-1",
      kind: "local",
      version: 1,
      slots: 1,
      capabilities: { kinds: ["images"], codecs: [] },
    },
    Date.now(),
  );
  await chunks("ada", 1);
  const first = (await claim())!;
  await recordFailure(context(), first, failure("encoder_failed"));
  expect(await claim()).toBeNull();
  await runBatch(db, [promoteDue(db, Date.now() + 6000, 10)]);
  expect(await claim()).toMatchObject({ id: first.id, attempt: 2 });
});

test("a task that a runner hands back, or no longer knows after a restart, is claimed again at once", async () => {
  await chunks("ada", 3);
  const [one, two, three] = [(await claim())!, (await claim())!, (await claim())!];
  await runBatch(db, [handBack(db, one)]);
  expect(await claim({ runner: "local-1" })).toMatchObject({ id: one.id, attempt: 2 });
  await runBatch(db, [handBackLost(db, "local-0", [three])]);
  expect(await claim({ runner: "local-1" })).toMatchObject({
    id: two.id,
    failures: 0,
    interruptions: 0,
  });
  await runBatch(db, [handBackAll(db, "local-0")]);
  expect(await claim({ runner: "local-1" })).toMatchObject({ id: three.id });
  // A late hand-back of a lost attempt changes nothing.
  await runBatch(db, [handBack(db, one)]);
  expect(await claim()).toBeNull();
});

test("the tasks of a creator without encode minutes left wait for the next day, except finish tasks", async () => {
  const [spent, other] = [newId(), newId()];
  const now = Date.now();
  const budget = (milliseconds: number) =>
    countEncodeTime(db, { ownerId: spent, startedAt: now - milliseconds }, 60_000, now);
  await chunks(spent, 2);
  await runBatch(db, budget(60_000));
  await chunks(spent, 1);
  expect(await claim()).toBeNull();
  expect((await readBacklog(db, 10, Date.now())).runnable).toBe(0);
  await chunks(other, 1);
  expect(await claim()).toMatchObject({ ownerId: other });
  await releaseWaiting(context(), now + 86_400_000);
  expect(await claim()).toMatchObject({ ownerId: spent });
});

test("the backlog counts what runners could start, up to a limit", async () => {
  await chunks("ada", 5);
  const task = (await claim())!;
  expect(await readBacklog(db, 4, Date.now())).toMatchObject({ running: 1, runnable: 3 });
  expect(await readBacklog(db, 1, Date.now())).toMatchObject({ running: 1, runnable: 0 });
  expect(await readBacklog(db, 100, Date.now())).toMatchObject({ running: 1, runnable: 4 });
  await recordFailure(context(), task, failure("encoder_failed"));
  expect(await readBacklog(db, 100, Date.now())).toMatchObject({ running: 0, runnable: 4 });
  await runBatch(db, [promoteDue(db, Date.now() + 60_000, 10)]);
  expect(await readBacklog(db, 100, Date.now())).toMatchObject({ running: 0, runnable: 5 });
});
