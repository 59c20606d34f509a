import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { catalog } from "../../db/client.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  claimFor,
  claimOf,
  jobContext,
  performTask,
  queuedVideo,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { output } from "../../../tests/support/worker/plan.ts";
import { admitRunner } from "./runner-work.ts";

beforeEach(stopEverything);

/** What D1 does with a statement. `unanswered`: it runs the statement, but its response is lost. */
type Fate = "answered" | "refused" | "unanswered";

/** A context whose D1 behaves as `fateOf` returns. For a batch it is called with the text of all statements. */
function contextOnD1(fateOf: (sql: string) => Fate) {
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
    raw: (options: { columnNames: true }) => query(sql, () => real.raw(options)),
  });
  const binding = {
    prepare: (sql: string) => statement(env.CATALOG.prepare(sql), sql),
    batch: (all: ReturnType<typeof statement>[]) =>
      query(all.map(({ sql }) => sql).join(";"), () =>
        env.CATALOG.batch(all.map(({ real }) => real)),
      ),
  };
  return jobContext({ db: catalog({ CATALOG: binding as unknown as D1Database }) });
}

const isReport = (sql: string): boolean => sql.startsWith('update "tasks" set "lease_until"');
const isResult = (sql: string): boolean => sql.includes("CASE WHEN EXISTS");

async function expectUnaffected(id: string): Promise<void> {
  expect((await videoRow(id)).state).toBe("ready");
  for (const task of await taskRows(id))
    expect(task).toMatchObject({ state: "done", failures: 0, attempt: 1 });
}

test("a task whose claim response from D1 was lost is returned with the next claim", async () => {
  const id = await queuedVideo();
  const isTaking = (sql: string) => sql.startsWith('update "tasks" set "state"');
  let taken = 0;
  const context = contextOnD1((sql) =>
    isTaking(sql) && ++taken === 1 ? "unanswered" : "answered",
  );
  await expect(claimFor(context)).rejects.toThrow("Network connection lost");
  expect((await taskRow(id, "plan")).state).toBe("running");
  expect(await admitRunner(context, "local", claimOf("local-0"), Date.now())).toBeNull();
  await work(new ScriptedTranscoder(1), context);
  expect(await taskRow(id, "plan")).toMatchObject({ state: "done", failures: 0, attempt: 2 });
});

test("a progress report that D1 fails to store is refused without ending the attempt", async () => {
  const id = await queuedVideo();
  let refused = 0;
  const transcoder = new ScriptedTranscoder(1).on("audio", async function* (request) {
    yield { type: "segments", rendition: "audio-0", output: output(0, 1, 48_000) };
    expect(refused).toBe(1);
    yield { type: "segments", rendition: "audio-0", output: output(0, 2, 48_000) };
    expect((await taskRow(id, "audio")).partial?.outputs["audio-0"]).toEqual(output(0, 2, 48_000));
    yield* ScriptedTranscoder.perform(request);
  });
  const context = contextOnD1((sql) =>
    isReport(sql) && sql.includes('"partial"') && refused++ === 0 ? "refused" : "answered",
  );
  await work(transcoder, context);
  await expectUnaffected(id);
});

test("a result is written again until D1 stores it", async () => {
  const id = await queuedVideo();
  let refused = 0;
  const context = contextOnD1((sql) => (isResult(sql) && refused++ < 3 ? "refused" : "answered"));
  await work(new ScriptedTranscoder(1), context);
  expect(refused).toBeGreaterThan(3);
  await expectUnaffected(id);
});

test("a result is stored once although the response of D1 got lost", async () => {
  const id = await queuedVideo();
  let writes = 0;
  const context = contextOnD1((sql) =>
    isResult(sql) && writes++ === 0 ? "unanswered" : "answered",
  );
  const task = await claimFor(context);
  expect(await performTask(context, new ScriptedTranscoder(1), "local-0", task)).toBe("recorded");
  expect(writes).toBe(2);
  await context.settle();
  expect(await taskRow(id, "plan")).toMatchObject({ state: "done", failures: 0 });
});

test("a container that cannot be woken affects neither a result nor the next container", async () => {
  const id = await queuedVideo();
  const containers = { LOCAL_RUNNER_SECRET: "", MAX_RUNNERS: "2" };
  const tried: string[] = [];
  const context = jobContext({
    env: { ...env, ...containers } as unknown as Env,
    wake: async (runner) => {
      tried.push(runner);
      throw new Error("There is no container instance that can be provided.");
    },
  });
  await work(new ScriptedTranscoder(1), context);
  expect(tried).toContain("container-1");
  await expectUnaffected(id);
});
