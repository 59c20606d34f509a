import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { CountingD1 } from "../../../tests/support/worker/counting-d1.ts";
import { chunks } from "../../../tests/support/worker/claims.ts";
import {
  claimOf,
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRow,
  taskRows,
} from "../../../tests/support/worker/transcoding.ts";
import { catalog, runBatch } from "../../db/client.ts";
import { runners } from "../../db/runner-schema.ts";
import { handBack } from "../../db/transcoding/tasks.ts";
import { tasks } from "../../db/transcoding-schema.ts";
import { newId } from "../../domain/id.ts";
import { Desk } from "./claim-desk.ts";
import { handOut } from "./runner-work.ts";
import type { DeskAnswer } from "../job-context.ts";

beforeEach(stopEverything);

const waiting = (runner: string, waitSeconds = 20) => ({ ...claimOf(runner), waitSeconds });

function taskOf(answer: DeskAnswer) {
  if (answer.type !== "task") throw new Error(`The desk answered ${answer.type}.`);
  return answer.task;
}

/** The state of the runner after it got a task. */
const holding = (answer: DeskAnswer) => {
  const { id: taskId, attempt } = taskOf(answer);
  return { held: [{ taskId, attempt }] };
};

/** Statements that the desk runs for claims, without its periodic ones. */
const ofClaims = ({ statements }: CountingD1): string[] =>
  statements
    .map(({ sql }) => sql)
    .filter(
      (sql) =>
        !sql.startsWith('update "tasks" set "not_before"') &&
        !/"lease_until" < |sum\("slots"\)/.test(sql),
    );

/** The reads of the lanes, by which the desk checks whether anything may start. */
const looks = (counting: CountingD1): number =>
  counting.statements.filter(({ sql }) => sql.includes('FROM "lanes"')).length;

test("every waiting runner gets a task of its own", async () => {
  const desk = new Desk(jobContext());
  const names = ["local-0", "local-1", "local-2"];
  const answers = names.map((name) => desk.ask("local", waiting(name)));
  const video = await chunks(newId(), 3);
  const given = (await Promise.all(answers)).map(taskOf);
  expect(new Set(given.map(({ id }) => id)).size).toBe(3);
  expect(given.map(({ runner }) => runner)).toEqual(names);
  expect(given.every(({ videoId }) => videoId === video)).toBe(true);
});

test("a known runner gets its next task with two statements", async () => {
  const counting = new CountingD1(env.CATALOG);
  const desk = new Desk(jobContext({ db: catalog({ CATALOG: counting.binding }) }));
  await chunks(newId(), 3);
  const first = await desk.ask("local", { ...claimOf("local-0", 2), waitSeconds: 20 });
  counting.reset();
  const claim = { ...claimOf("local-0", 2), ...holding(first), waitSeconds: 20 };
  const second = await desk.ask("local", claim);
  expect(taskOf(second).id).not.toBe(taskOf(first).id);
  expect(ofClaims(counting).map((sql) => sql.slice(0, 6))).toEqual(["select", "update"]);
});

test("a plan task that starts while other work waits is told that the deployment is busy", async () => {
  const context = jobContext();
  const desk = new Desk(context);
  await chunks(newId(), 3);
  await desk.ask("local", waiting("local-0"));
  await queuedVideo();
  const answer = await desk.ask("local", waiting("local-1"));
  if (answer.type !== "task") throw new Error(`The desk answered ${answer.type}.`);
  expect(await handOut(context, answer, "local-1")).toMatchObject({
    task: { spec: { kind: "plan", settings: { isBusy: true } } },
  });
});

test("while there is no work, the desk queries once for all runners with the same capabilities", async () => {
  const counting = new CountingD1(env.CATALOG);
  const desk = new Desk(jobContext({ db: catalog({ CATALOG: counting.binding }) }));
  const names = Array.from({ length: 20 }, (_, index) => `local-${index}`);
  const answers = names.map((name) => desk.ask("local", waiting(name)));
  // All runners wait, and the desk has checked for them several times.
  await vi.waitFor(() => expect(looks(counting)).toBeGreaterThan(3), { timeout: 100_000 });
  await vi.waitFor(async () => expect(await db.$count(runners)).toBe(20), { timeout: 100_000 });
  counting.reset();
  await vi.waitFor(() => expect(looks(counting)).toBeGreaterThan(2), { timeout: 100_000 });
  expect(ofClaims(counting)).toHaveLength(looks(counting));
  for (const name of names) desk.leave(name);
  expect(new Set((await Promise.all(answers)).map(({ type }) => type))).toEqual(new Set(["wait"]));
});

test("new work is given to waiting runners as soon as the desk is notified", async () => {
  const counting = new CountingD1(env.CATALOG);
  const desk = new Desk(jobContext({ db: catalog({ CATALOG: counting.binding }) }));
  // The pauses of this desk do not end by themselves.
  const pauses = vi.spyOn(scheduler, "wait").mockReturnValue(new Promise(() => undefined));
  try {
    const answers = ["local-0", "local-1"].map((name) => desk.ask("local", waiting(name)));
    await vi.waitFor(() => expect(pauses.mock.calls.length).toBeGreaterThan(1), {
      timeout: 100_000,
    });
    await chunks(newId(), 2);
    desk.ring();
    const given = (await Promise.all(answers)).map(taskOf);
    expect(given.map(({ runner }) => runner)).toEqual(["local-0", "local-1"]);
  } finally {
    pauses.mockRestore();
  }
});

test("a claim with no wait time is answered at once", async () => {
  const desk = new Desk(jobContext());
  expect(await desk.ask("local", claimOf("local-0"))).toEqual({ type: "wait", pauseMs: 0 });
  const id = await queuedVideo();
  expect(taskOf(await desk.ask("local", claimOf("local-0"))).videoId).toBe(id);
});

test("the task of a killed runner is given to it again or to another runner", async () => {
  const id = await queuedVideo();
  const desk = new Desk(jobContext());
  await desk.ask("local", waiting("local-0"));
  // The process has lost the task: its claim lists nothing.
  const again = taskOf(await desk.ask("local", waiting("local-0")));
  expect(again).toMatchObject({ videoId: id, attempt: 2, failures: 0 });
});

test("a task that the first waiting runner must not retry goes to the next", async () => {
  const desk = new Desk(jobContext());
  const names = ["local-0", "local-1"];
  for (const name of names) expect((await desk.ask("local", claimOf(name))).type).toBe("wait");
  const id = await queuedVideo();
  await db
    .update(tasks)
    .set({ avoid: ["local-0"] })
    .where(eq(tasks.videoId, id));
  const answers = names.map((name) => desk.ask("local", waiting(name)));
  expect(taskOf(await Promise.race(answers))).toMatchObject({ videoId: id, runner: "local-1" });
  desk.leave("local-0");
});

test("a restarted desk serves runners that it does not know", async () => {
  const id = await queuedVideo();
  const before = await new Desk(jobContext()).ask("local", waiting("local-0"));
  const desk = new Desk(jobContext());
  const holds = { ...waiting("local-0", 0), ...holding(before) };
  expect((await desk.ask("local", holds)).type).toBe("wait");
  expect(taskOf(await desk.ask("local", waiting("local-0")))).toMatchObject({
    videoId: id,
    attempt: 2,
  });
});

test("a known runner in quarantine gets no task", async () => {
  const desk = new Desk(jobContext());
  await chunks(newId(), 3);
  const first = await desk.ask("local", waiting("local-0"));
  await runBatch(db, [handBack(db, taskOf(first))]);
  const quarantine = { quarantinedAt: Date.now(), quarantinedUntil: Date.now() + 60_000 };
  await db.update(runners).set({ ...quarantine, quarantineReason: "three in a row" });
  const refusal = await desk.ask("local", waiting("local-0"));
  expect(refusal.type === "wait" && refusal.pauseMs > 0).toBe(true);
});

test("a disconnected runner keeps no task, and its next claim replaces the earlier one", async () => {
  const desk = new Desk(jobContext());
  const [first, second] = [
    desk.ask("local", waiting("local-0")),
    desk.ask("local", waiting("local-0")),
  ];
  const third = desk.ask("local", waiting("local-0"));
  const id = await queuedVideo();
  expect(taskOf(await third).videoId).toBe(id);
  expect((await first).type).toBe("wait");
  expect((await second).type).toBe("wait");
  const gone = desk.ask("local", waiting("local-1"));
  await vi.waitFor(async () => expect(await db.$count(runners)).toBe(2), { timeout: 100_000 });
  desk.leave("local-1");
  expect((await gone).type).toBe("wait");
  const other = await queuedVideo();
  expect(taskOf(await desk.ask("local", waiting("local-2"))).videoId).toBe(other);
});

test("a task claimed for a runner that has disconnected goes to the next one", async () => {
  const id = await queuedVideo();
  const desk: Desk = new Desk(
    jobContext({ db: catalog({ CATALOG: leavingDuringClaim(() => desk.leave("local-0")) }) }),
  );
  expect((await desk.ask("local", waiting("local-0"))).type).toBe("wait");
  await vi.waitFor(async () => expect((await taskRow(id, "plan")).state).toBe("queued"), {
    timeout: 100_000,
  });
  expect((await taskRows(id))[0]).toMatchObject({ failures: 0, interruptions: 0 });
});

/** D1 that calls `leave` while the UPDATE of a claim is in progress. */
function leavingDuringClaim(leave: () => void): D1Database {
  const statement = (real: D1PreparedStatement, isClaim: boolean): unknown => ({
    real,
    bind: (...values: unknown[]) => statement(real.bind(...values), isClaim),
    all: () => real.all(),
    run: () => real.run(),
    raw: (options: { columnNames: true }) => real.raw(options),
    isClaim,
  });
  return {
    prepare: (sql: string) => statement(env.CATALOG.prepare(sql), sql.includes("attempt + 1")),
    batch: (all: { real: D1PreparedStatement; isClaim: boolean }[]) => {
      if (all.some(({ isClaim }) => isClaim)) leave();
      return env.CATALOG.batch(all.map(({ real }) => real));
    },
  } as unknown as D1Database;
}

test("while D1 is unavailable, runners are told to ask again", async () => {
  let isAway = true;
  const query = <T>(run: () => Promise<T>): Promise<T> =>
    isAway ? Promise.reject(new Error("D1_ERROR: Network connection lost.")) : run();
  const statement = (real: D1PreparedStatement): unknown => ({
    real,
    bind: (...values: unknown[]) => statement(real.bind(...values)),
    all: () => query(() => real.all()),
    run: () => query(() => real.run()),
    raw: (options: { columnNames: true }) => query(() => real.raw(options)),
  });
  const binding = {
    prepare: (sql: string) => statement(env.CATALOG.prepare(sql)),
    batch: (all: { real: D1PreparedStatement }[]) =>
      query(() => env.CATALOG.batch(all.map(({ real }) => real))),
  };
  const away = catalog({ CATALOG: binding as unknown as D1Database });
  const desk = new Desk(jobContext({ db: away }));
  const answer = await desk.ask("local", waiting("local-0"));
  expect(answer.type === "wait" && answer.pauseMs > 0).toBe(true);
  isAway = false;
  const id = await queuedVideo();
  expect(taskOf(await desk.ask("local", waiting("local-0"))).videoId).toBe(id);
});
