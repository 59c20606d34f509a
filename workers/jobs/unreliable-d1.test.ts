import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { catalog } from "../db/client.ts";
import { drain } from "./drain.ts";
import {
  claimAny,
  jobContext,
  noOtherConsumer,
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

/** What D1 does with a statement. `unanswered`: it runs the statement, but its response gets lost. */
type Fate = "answered" | "refused" | "unanswered";

/** A context whose D1 does what `fateOf` says. For a batch it gets the text of all statements. */
function contextOnD1(transcoder: ScriptedTranscoder, fateOf: (sql: string) => Fate) {
  const query = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    const fate = fateOf(sql);
    const result = fate === "refused" ? undefined : await run();
    if (fate === "answered") return result as T;
    throw new Error("D1_ERROR: Network connection lost.");
  };
  const statement = (real: D1PreparedStatement, sql: string) => ({
    real,
    sql,
    bind: (...values: unknown[]) => statement(real.bind(...values), sql),
    all: () => query(sql, () => real.all()),
    run: () => query(sql, () => real.run()),
    raw: () => query(sql, () => real.raw()),
  });
  const binding = {
    prepare: (sql: string) => statement(env.CATALOG.prepare(sql), sql),
    batch: (all: ReturnType<typeof statement>[]) =>
      query(all.map(({ sql }) => sql).join(";"), () =>
        env.CATALOG.batch(all.map(({ real }) => real)),
      ),
  };
  return {
    ...jobContext(transcoder),
    db: catalog({ CATALOG: binding as unknown as D1Database }),
  };
}

const isClaim = (sql: string): boolean => sql.includes("AS claim");
const isReport = (sql: string): boolean => sql.startsWith('update "tasks" set "lease_until"');
const isResult = (sql: string): boolean => sql.includes("CASE WHEN EXISTS");

async function expectUnaffected(id: string): Promise<void> {
  expect((await videoRow(id)).state).toBe("ready");
  for (const task of await taskRows(id))
    expect(task).toMatchObject({ state: "done", failures: 0, attempt: 1 });
}

test("a claim that D1 does not answer ends no running task and is tried again", async () => {
  const id = await queuedVideo();
  let isDown = false;
  const refused = vi.fn<() => void>();
  const transcoder = new ScriptedTranscoder(2).on("video", async function* (request) {
    if (refused.mock.calls.length === 0) {
      isDown = true;
      await vi.waitFor(() => expect(refused.mock.calls.length).toBeGreaterThan(1), {
        timeout: 20_000,
      });
      isDown = false;
    }
    yield* ScriptedTranscoder.perform(request);
  });
  const context = contextOnD1(transcoder, (sql) => {
    if (!isDown || !isClaim(sql)) return "answered";
    refused();
    return "refused";
  });
  await drain(context, noOtherConsumer);
  await expectUnaffected(id);
});

test("while no task runs, a failure of D1 leaves the message to the queue", async () => {
  await queuedVideo();
  await expect(
    drain(
      contextOnD1(new ScriptedTranscoder(), () => "refused"),
      noOtherConsumer,
    ),
  ).rejects.toThrow("Network connection lost");
});

test("a progress report that D1 does not store ends no attempt and is part of the next report", async () => {
  const id = await queuedVideo();
  let refused = 0;
  let recorded: unknown;
  const transcoder = new ScriptedTranscoder(1).on("audio", async function* (request) {
    yield { type: "segments", rendition: "audio-0", output: output(0, 1, 48_000) };
    expect(refused).toBe(1);
    for (let step = 1; recorded === undefined && step < 100; step++) {
      yield { type: "progress", ratio: step / 100 };
      recorded = (await taskRow(id, "audio")).partial?.outputs["audio-0"];
      await scheduler.wait(100);
    }
    yield* ScriptedTranscoder.perform(request);
  });
  const context = contextOnD1(transcoder, (sql) =>
    isReport(sql) && refused++ === 0 ? "refused" : "answered",
  );
  await drain(context, noOtherConsumer);
  expect(recorded).toEqual(output(0, 1, 48_000));
  await expectUnaffected(id);
});

test("a result is written again until D1 stores it", async () => {
  const id = await queuedVideo();
  let refused = 0;
  const context = contextOnD1(new ScriptedTranscoder(1), (sql) =>
    isResult(sql) && refused++ < 3 ? "refused" : "answered",
  );
  await drain(context, noOtherConsumer);
  expect(refused).toBeGreaterThan(3);
  await expectUnaffected(id);
});

test("a result is stored once although the response of D1 got lost", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1);
  const task = await claimAny();
  let writes = 0;
  const context = contextOnD1(transcoder, (sql) =>
    isResult(sql) && writes++ === 0 ? "unanswered" : "answered",
  );
  expect(await runTask(context, task)).toEqual({ kind: "done" });
  expect(writes).toBe(2);
  expect(await taskRow(id, "plan")).toMatchObject({ state: "done", failures: 0 });
});

test("a consumer that cannot wake another still finishes its tasks", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1).on("video", async function* (request) {
    vi.setSystemTime(Date.now() + 5 * 60_000);
    yield* ScriptedTranscoder.perform(request);
  });
  await drain(jobContext(transcoder), () => Promise.reject(new Error("The queue is down.")));
  vi.useRealTimers();
  expect(await taskRow(id, "video 0 360p")).toMatchObject({ state: "done", failures: 0 });
});
