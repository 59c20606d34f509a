import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { TaskEvent } from "../../workers/contract/task-event.ts";
import type { TaskRequest } from "../../workers/contract/transcodes.ts";
import { type Bench, quickTools, startBench } from "../../tests/support/transcoder/bench.ts";
import { type LongTask, prepareLongTask } from "../../tests/support/transcoder/long-task.ts";
import { SETTINGS, type TaskHost } from "../../tests/support/transcoder/pipeline.ts";
import { type FakeWorker, startFakeWorker } from "../../tests/support/transcoder/fake-worker.ts";
import {
  startProcess,
  type TranscoderProcess,
} from "../../tests/support/transcoder/transcoder-process.ts";

/** Timeout for something that another process does on a busy computer. */
const WAIT = { timeout: 100_000 };

let bench: Bench;
let long: LongTask;
beforeAll(async () => {
  bench = await startBench({ slots: 1, tools: quickTools });
  long = await prepareLongTask(bench);
}, 120_000);
afterEach(() => long.letGo());
afterAll(() => bench[Symbol.asyncDispose]());

async function eventsOf(host: TaskHost, request: TaskRequest): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  // A copy, because an output grows while the task runs.
  await host.run(request, new AbortController().signal, (event) =>
    events.push(structuredClone(event)),
  );
  return events;
}

describe("a task", () => {
  it("stops ffmpeg when it is lost", async () => {
    const lost = new AbortController();
    const request = long.request();
    const before = long.segmentsStored();
    long.holdSegment(1);
    const work = bench.runner.run(request, lost.signal, () => undefined);
    await vi.waitFor(() => expect(long.segmentsStored()).toBeGreaterThan(before), WAIT);
    lost.abort();
    await work;
    expect(bench.runner.running).toBe(0);
  });

  it("reports progress that never decreases", async () => {
    const ratios = (await eventsOf(bench.runner, long.request())).flatMap((event) =>
      event.type === "progress" ? [event.ratio] : [],
    );
    expect(ratios.length).toBeGreaterThan(1);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
  });

  it("reports the first segments of a video as they are stored, and later ones only at the end", async () => {
    const request = long.request();
    if (request.spec.kind !== "video") throw new Error("no video task");
    async function reportedCounts(firstSegment: number): Promise<number[]> {
      const spec = { ...request.spec, firstSegment, segmentCount: 2 };
      const events = await eventsOf(bench.runner, { ...request, spec } as TaskRequest);
      return events.flatMap((event) =>
        event.type === "segments" ? [event.output.segments.length] : [],
      );
    }
    expect(await reportedCounts(0)).toEqual([1, 2]);
    expect(await reportedCounts(2)).toEqual([]);
  });

  it("does not blame the source when the storage refuses requests", async () => {
    const refusing = createServer((request, response) => {
      request.resume();
      response.writeHead(request.method === "PUT" ? 403 : 404).end();
    });
    refusing.listen(0, "127.0.0.1");
    await once(refusing, "listening");
    const address = refusing.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const request = { ...long.request(), storage: `http://127.0.0.1:${address.port}` };
    expect((await eventsOf(bench.runner, request)).at(-1)).toMatchObject({
      type: "failed",
      code: "source_unreachable",
      permanent: false,
    });
    refusing.close();
  });

  it.each([
    ["maxTaskSeconds", 0.2, "task_timeout"],
    ["maxOutputBytes", 20_000, "output_too_large"],
  ])("fails when it exceeds %s", async (limit, value, code) => {
    const request = long.request();
    if (limit === "maxTaskSeconds") long.holdSegment(1);
    if (request.spec.kind !== "video") throw new Error("no video task");
    const limits = { ...request.spec.limits, [limit]: value };
    const events = await eventsOf(bench.runner, { ...request, spec: { ...request.spec, limits } });
    expect(events.at(-1)).toMatchObject({ type: "failed", code });
  });
});

describe("the process", () => {
  const start = (graceSeconds: number, env?: Record<string, string>, worker?: FakeWorker) =>
    startProcess(bench.storage, graceSeconds, bench.folder, env, worker);
  const healthOf = async ({ health }: TranscoderProcess) => {
    const response = await fetch(health);
    return { status: response.status, ...((await response.json()) as object) };
  };
  const untilBusy = (process: TranscoderProcess) =>
    vi.waitFor(async () => expect(await healthOf(process)).toMatchObject({ running: 1 }), WAIT);

  it("states its name and capabilities when it asks for work", async () => {
    const { child, worker } = await start(0);
    await vi.waitFor(() => expect(worker.claims.length).toBeGreaterThan(0), WAIT);
    expect(worker.claims[0]).toMatchObject({
      runner: "container-0",
      slots: 1,
      held: [],
      unfit: null,
      capabilities: {
        kinds: expect.arrayContaining(["plan", "video", "download"]),
        codecs: expect.arrayContaining(["h264", "aac"]),
      },
    });
    expect(worker.claims[0]?.capabilities.kinds).not.toContain("finish");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("reports while it waits for work that it is stopping, so that it gets no more tasks", async () => {
    const { child, worker } = await start(0);
    await vi.waitFor(() => expect(worker.claims.length).toBeGreaterThan(0), WAIT);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(worker.handBacks).toMatchObject([{ runner: "container-0", held: [] }]);
  });

  it("exits by itself when there is no work", async () => {
    const spec = { kind: "plan" as const, settings: SETTINGS, remuxed: false };
    const task = { ...long.request(), outputs: {}, spec };
    // The task waits for the process, which might end before it comes.
    const worker = await startFakeWorker(bench.storage);
    const end = worker.perform(task);
    const { child } = await start(0, { RUNNER_IDLE_SECONDS: "1" }, worker);
    const exited = once(child, "exit");
    expect(await end).toMatchObject({ type: "done" });
    expect(await exited).toEqual([0, null]);
  });

  it("exits when it is told to, as an old image is during a deploy", async () => {
    const { child, worker } = await start(0);
    const exited = once(child, "exit");
    worker.answer = { type: "exit", reason: "another version" };
    expect(await exited).toEqual([0, null]);
  });

  it("exits when its token has been revoked, and stops the task that it was given with it", async () => {
    const before = long.segmentsStored();
    const process = await start(0);
    const task = long.request();
    long.holdSegment(0);
    void process.worker.perform(task);
    await vi.waitFor(() => expect(long.segmentsStored()).toBeGreaterThan(before), WAIT);
    const exited = once(process.child, "exit");
    process.worker.outage = 401;
    // Stored segments are reported at once.
    long.letGo();
    expect(await exited).toEqual([0, null]);
  });

  it("lets a running task finish within the grace period, requests no new one, and exits", async () => {
    const process = await start(600);
    const task = long.request();
    long.holdSegment(1);
    const running = process.worker.perform(task);
    await untilBusy(process);
    const exited = once(process.child, "exit");
    process.child.kill("SIGTERM");
    await vi.waitFor(
      async () => expect(await healthOf(process)).toMatchObject({ status: 503, draining: true }),
      WAIT,
    );
    const asked = process.worker.claims.length;
    long.letGo();
    expect(await running).toMatchObject({ type: "done" });
    expect(await exited).toEqual([0, null]);
    expect(process.worker.claims).toHaveLength(asked);
  });

  it("hands a task back when the grace period is over", async () => {
    const process = await start(0);
    const task = long.request();
    long.holdSegment(1);
    const running = process.worker.perform(task);
    await untilBusy(process);
    const exited = once(process.child, "exit");
    process.child.kill("SIGTERM");
    expect(await running).toEqual({ type: "handed-back" });
    expect(await exited).toEqual([0, null]);
  });

  it("keeps its task during an outage of the Worker and reports the result afterwards", async () => {
    const process = await start(0);
    const task = long.request();
    long.holdSegment(1);
    const running = process.worker.perform(task);
    await untilBusy(process);
    process.worker.outage = 503;
    long.letGo();
    await vi.waitFor(
      async () => expect(await healthOf(process)).toMatchObject({ running: 0 }),
      WAIT,
    );
    process.worker.outage = undefined;
    expect(await running).toMatchObject({ type: "done" });
    process.child.kill("SIGTERM");
    await once(process.child, "exit");
  });

  it("takes no task and reports the reason while its scratch folder is missing", async () => {
    const stays = await start(0);
    expect(await healthOf(stays)).toMatchObject({ status: 200, unfit: null });
    await rm(join(bench.folder, folderOf(stays)), { recursive: true });
    expect(await healthOf(stays)).toMatchObject({
      status: 503,
      unfit: expect.stringContaining("scratch folder"),
    });
    stays.worker.answer = { type: "wait" };
    await vi.waitFor(
      () => expect(stays.worker.claims.at(-1)?.unfit).toContain("scratch folder"),
      WAIT,
    );
    stays.child.kill("SIGTERM");
    await once(stays.child, "exit");
  });

  it("as a container, hands back a task that arrives after its scratch folder was lost, and exits with an error", async () => {
    const task = long.request();
    const process = await start(0, { RUNNER_IDLE_SECONDS: "60" });
    const exited = once(process.child, "exit");
    await vi.waitFor(() => expect(process.worker.claims.length).toBeGreaterThan(0), WAIT);
    await rm(join(bench.folder, folderOf(process)), { recursive: true });
    expect(await process.worker.perform(task)).toEqual({ type: "handed-back" });
    expect(await exited).toEqual([1, null]);
    expect(process.worker.claims.at(-1)?.unfit).toContain("scratch folder");
  });

  it("if killed, loses only its task: the next process hands it back at once, and a new attempt gives the same result", async () => {
    const first = await start(0);
    const request = long.request();
    const before = long.segmentsStored();
    long.holdSegment(2);
    const lost = first.worker.perform(request);
    await vi.waitFor(() => expect(long.segmentsStored()).toBeGreaterThan(before + 2), WAIT);
    first.child.kill("SIGKILL");
    long.letGo();
    const second = await start(0, {}, first.worker);
    expect(await lost).toEqual({ type: "handed-back" });
    const results = [
      await second.worker.perform({ ...request, attempt: 2 }),
      (await eventsOf(bench.runner, request)).at(-1),
    ];
    expect(results[0]).toMatchObject({ type: "done" });
    expect(results[0]).toEqual(results[1]);
    second.child.kill("SIGTERM");
  });
});

/** The folder for temporary files of a transcoder process. */
function folderOf({ child }: TranscoderProcess): string {
  return `kinora-transcoder-${hostname()}-${child.pid}`;
}
