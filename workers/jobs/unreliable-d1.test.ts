import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { catalog } from "../db/client.ts";
import { claimTask, schedulerState } from "../db/transcoding/tasks.ts";
import { nextTask } from "../domain/next-task.ts";
import { drain } from "./drain.ts";
import {
  db,
  jobContext,
  queuedVideo,
  ScriptedTranscoder,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
} from "../../tests/support/worker/transcoding.ts";
import { output } from "../../tests/support/worker/plan.ts";
import { runTask } from "./run-task.ts";

beforeEach(stopEverything);

/** What D1 does with a statement: answers, does not, or does it and its answer gets lost. */
type Fate = "answered" | "refused" | "unanswered";

/** JobContext whose D1 does as `fateOf` says; a batch is asked about as one, with the text of all its statements. */
function jobsOn(transcoder: ScriptedTranscoder, fateOf: (sql: string) => Fate) {
  const ask = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    const fate = fateOf(sql);
    const result = fate === "refused" ? undefined : await run();
    if (fate === "answered") return result as T;
    throw new Error("D1_ERROR: Network connection lost.");
  };
  const statement = (real: D1PreparedStatement, sql: string) => ({
    real,
    sql,
    bind: (...values: unknown[]) => statement(real.bind(...values), sql),
    all: () => ask(sql, () => real.all()),
    run: () => ask(sql, () => real.run()),
    raw: () => ask(sql, () => real.raw()),
  });
  const binding = {
    prepare: (sql: string) => statement(env.CATALOG.prepare(sql), sql),
    batch: (all: ReturnType<typeof statement>[]) =>
      ask(all.map(({ sql }) => sql).join(";"), () =>
        env.CATALOG.batch(all.map(({ real }) => real)),
      ),
  };
  return {
    ...jobContext(transcoder),
    db: catalog({ CATALOG: binding as unknown as D1Database }),
  };
}

const isClaim = (sql: string): boolean => sql.includes('from "transcodes" inner join "tasks"');
const isReport = (sql: string): boolean => sql.startsWith('update "tasks" set "lease_until"');
const isResult = (sql: string): boolean => sql.includes("CASE WHEN EXISTS");

const expectUndisturbed = async (id: string): Promise<void> => {
  expect((await videoRow(id)).state).toBe("ready");
  for (const task of await taskRows(id))
    expect(task).toMatchObject({ state: "done", failures: 0, attempt: 1 });
};
const alone = () => Promise.reject(new Error("no other consumer is needed"));

test("a claim that D1 does not answer ends no running task, and is tried again", async () => {
  const id = await queuedVideo();
  let isOut = false;
  const refused = vi.fn<() => void>();
  const transcoder = new ScriptedTranscoder(2).on("video", async function* (request) {
    if (refused.mock.calls.length === 0) {
      isOut = true;
      await vi.waitFor(() => expect(refused).toHaveBeenCalledTimes(2), { timeout: 20_000 });
      isOut = false;
    }
    yield* ScriptedTranscoder.perform(request);
  });
  const jobs = jobsOn(transcoder, (sql) => {
    if (!isOut || !isClaim(sql)) return "answered";
    refused();
    return "refused";
  });
  await drain(jobs, alone);
  await expectUndisturbed(id);
});

test("with nothing at stake, the queue is to deliver the ticket again", async () => {
  await queuedVideo();
  await expect(
    drain(
      jobsOn(new ScriptedTranscoder(), () => "refused"),
      alone,
    ),
  ).rejects.toThrow("Network connection lost");
});

test("a progress report that D1 does not take ends no attempt: the next one tells what it would have told", async () => {
  const id = await queuedVideo();
  let refused = 0;
  let told: unknown;
  const transcoder = new ScriptedTranscoder(1).on("audio", async function* (request) {
    yield { type: "segments", rendition: "audio-0", output: output(0, 1, 48_000) };
    expect(refused).toBe(1);
    for (let step = 1; told === undefined && step < 100; step++) {
      yield { type: "progress", ratio: step / 100 };
      told = (await taskRow(id, "audio")).partial?.outputs["audio-0"];
      await scheduler.wait(100);
    }
    yield* ScriptedTranscoder.perform(request);
  });
  const jobs = jobsOn(transcoder, (sql) =>
    isReport(sql) && refused++ === 0 ? "refused" : "answered",
  );
  await drain(jobs, alone);
  expect(told).toEqual(output(0, 1, 48_000));
  await expectUndisturbed(id);
});

test("a result is offered until D1 takes it", async () => {
  const id = await queuedVideo();
  let refused = 0;
  const jobs = jobsOn(new ScriptedTranscoder(1), (sql) =>
    isResult(sql) && refused++ < 3 ? "refused" : "answered",
  );
  await drain(jobs, alone);
  expect(refused).toBeGreaterThan(3);
  await expectUndisturbed(id);
});

test("a result whose answer got lost was taken all the same", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1);
  const assignment = nextTask(await schedulerState(db, transcoder.slots, Date.now()));
  const task = await claimTask(db, assignment!, Date.now());
  let asked = 0;
  const jobs = jobsOn(transcoder, (sql) =>
    isResult(sql) && asked++ === 0 ? "unanswered" : "answered",
  );
  expect(await runTask(jobs, task!)).toEqual({ kind: "done" });
  expect(asked).toBe(2);
  expect(await taskRow(id, "plan")).toMatchObject({ state: "done", failures: 0 });
});

test("a consumer that cannot call another still sees its tasks to their end", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1).on("video", async function* (request) {
    vi.setSystemTime(Date.now() + 5 * 60_000);
    yield* ScriptedTranscoder.perform(request);
  });
  await drain(jobContext(transcoder), () => Promise.reject(new Error("The queue is out.")));
  vi.useRealTimers();
  expect(await taskRow(id, "video 0 360p")).toMatchObject({ state: "done", failures: 0 });
});
