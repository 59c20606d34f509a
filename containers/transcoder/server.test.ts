import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TaskRequest } from "../../workers/contract/transcodes.ts";
import { type Bench, generate, startBench } from "../../tests/support/transcoder/bench.ts";
import { readEvents, runTask, SETTINGS } from "../../tests/support/transcoder/pipeline.ts";
import { startProcess } from "../../tests/support/transcoder/transcoder-process.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(1);
  const file = join(bench.folder, "long.mp4");
  await generate([
    ...["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=48", "-c:v", "libx264"],
    ...["-preset", "ultrafast", file],
  ]);
  bench.storage.link("source", file);
}, 120_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** A task that takes some seconds: the whole video in its lowest rendition. */
async function longTask(url: string): Promise<TaskRequest> {
  const planned = await runTask(
    url,
    bench.storage,
    { source: "source" },
    { kind: "plan", settings: SETTINGS, remuxed: false },
  );
  if (planned.outcome.type !== "done" || planned.outcome.result.kind !== "plan")
    throw new Error("no plan");
  const { plan } = planned.outcome.result;
  const video = plan.tasks.find(({ spec }) => spec.kind === "video")?.spec;
  if (video?.kind !== "video") throw new Error("no video task");
  const { renditions } = video;
  return {
    taskId: "long",
    attempt: 1,
    storage: bench.storage.url,
    inputs: { source: "source" },
    outputs: Object.fromEntries(renditions.map(({ id }) => [id, `long/${id}/`])),
    spec: { ...video, renditions, segmentCount: plan.grid.segmentCount },
  };
}
function post(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/tasks`, {
    method: "POST",
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}
/** A short task. */
function planTask(): TaskRequest {
  return {
    taskId: "plan",
    attempt: 1,
    storage: bench.storage.url,
    inputs: { source: "source" },
    outputs: {},
    spec: { kind: "plan", settings: SETTINGS, remuxed: false },
  };
}
async function health(
  url: string,
): Promise<{ running: number; draining: boolean; slots: number; encoders: string[] }> {
  const response = await fetch(`${url}/health`);
  return (await response.json()) as {
    running: number;
    draining: boolean;
    slots: number;
    encoders: string[];
  };
}
function segmentsStored(): number {
  return bench.storage.requests.filter((line) => line.startsWith("PUT long/")).length;
}

describe("the server", () => {
  it("reports its slots and the encoders of its ffmpeg", async () => {
    expect(await health(bench.url)).toMatchObject({
      slots: 1,
      running: 0,
      draining: false,
      encoders: expect.arrayContaining(["libx264", "aac"]),
    });
  });

  it.each([
    ["a body that is not JSON", "{", 400],
    ["a body that is not a task", "{}", 400],
  ])("refuses %s", async (_, body, status) => {
    expect((await fetch(`${bench.url}/tasks`, { method: "POST", body })).status).toBe(status);
  });

  it("answers 404 on other routes", async () => {
    expect((await fetch(`${bench.url}/tasks`)).status).toBe(404);
  });

  it("answers 429 while all slots are busy, and stops ffmpeg and frees the slot when the caller disconnects", async () => {
    const caller = new AbortController();
    const response = await post(bench.url, await longTask(bench.url), caller.signal);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const busy = await post(bench.url, planTask());
    expect(busy.status).toBe(429);
    expect(Number(busy.headers.get("retry-after"))).toBeGreaterThan(0);
    caller.abort();
    await vi.waitFor(async () => expect((await health(bench.url)).running).toBe(0), {
      timeout: 20_000,
    });
    const stored = segmentsStored();
    const again = await runTask(
      bench.url,
      bench.storage,
      { source: "source" },
      { kind: "plan", settings: SETTINGS, remuxed: false },
    );
    expect(again.outcome.type).toBe("done");
    expect(segmentsStored()).toBe(stored);
  });

  it("reports progress that never decreases", async () => {
    const ratios: number[] = [];
    for await (const event of readEvents(await post(bench.url, await longTask(bench.url)))) {
      if (event.type === "progress") ratios.push(event.ratio);
    }
    expect(ratios.length).toBeGreaterThan(1);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
  });

  it("reports the first segments of a video as they are stored, and later ones only at the end", async () => {
    const request = await longTask(bench.url);
    if (request.spec.kind !== "video") throw new Error("no video task");
    async function reportedCounts(firstSegment: number): Promise<number[]> {
      const spec = { ...request.spec, firstSegment, segmentCount: 2 };
      const counts: number[] = [];
      for await (const event of readEvents(await post(bench.url, { ...request, spec }))) {
        if (event.type === "segments") counts.push(event.output.segments.length);
      }
      return counts;
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
    const request = { ...(await longTask(bench.url)), storage: `http://127.0.0.1:${address.port}` };
    const events = [];
    for await (const event of readEvents(await post(bench.url, request))) events.push(event);
    expect(events.at(-1)).toMatchObject({
      type: "failed",
      code: "source_unreachable",
      permanent: false,
    });
    refusing.close();
  });

  it.each([
    ["maxTaskSeconds", 0.2, "task_timeout"],
    ["maxOutputBytes", 20_000, "output_too_large"],
  ])("ends a task that exceeds %s", async (limit, value, code) => {
    const request = await longTask(bench.url);
    if (request.spec.kind !== "video") throw new Error("no video task");
    const limits = { ...request.spec.limits, [limit]: value };
    const events = [];
    for await (const event of readEvents(
      await post(bench.url, { ...request, spec: { ...request.spec, limits } }),
    ))
      events.push(event);
    expect(events.at(-1)).toMatchObject({ type: "failed", code });
  });
});

describe("the process", () => {
  const start = (graceSeconds: number) => startProcess(graceSeconds, bench.folder);
  async function outcome(response: Response): Promise<unknown> {
    let last: unknown;
    for await (const event of readEvents(response)) last = event;
    return last;
  }

  it("lets a running task finish after SIGTERM, accepts no new one, and exits", async () => {
    const { child, url } = await start(60);
    const running = await post(url, await longTask(url));
    child.kill("SIGTERM");
    await vi.waitFor(async () => expect((await health(url)).draining).toBe(true));
    expect((await post(url, planTask())).status).toBe(503);
    const exited = once(child, "exit");
    expect(await outcome(running)).toMatchObject({ type: "done" });
    expect(await exited).toEqual([0, null]);
  });

  it("hands a task back when the grace period is over", async () => {
    const { child, url } = await start(0);
    const running = await post(url, await longTask(url));
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await outcome(running)).toMatchObject({
      type: "failed",
      code: "runner_restarted",
      permanent: false,
    });
    expect(await exited).toEqual([0, null]);
  });

  it("if killed, loses only its task: the next attempt gives the same result", async () => {
    const first = await start(0);
    const request = await longTask(first.url);
    const running = await post(first.url, request);
    const before = segmentsStored();
    await vi.waitFor(() => expect(segmentsStored()).toBeGreaterThan(before + 2), {
      timeout: 30_000,
    });
    first.child.kill("SIGKILL");
    await expect(outcome(running)).rejects.toThrow("terminated");
    const second = await start(0);
    const results = [
      await outcome(await post(second.url, { ...request, attempt: 2 })),
      await outcome(await post(bench.url, request)),
    ];
    expect(results[0]).toMatchObject({ type: "done" });
    expect(results[0]).toEqual(results[1]);
    second.child.kill("SIGTERM");
  });
});
