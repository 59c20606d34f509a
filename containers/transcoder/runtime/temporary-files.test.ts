import { once } from "node:events";
import { mkdir, mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Plan, TaskSpec } from "../../../workers/contract/transcodes.ts";
import {
  type Bench,
  generate,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS, type TaskHost } from "../../../tests/support/transcoder/pipeline.ts";
import { startProcess } from "../../../tests/support/transcoder/transcoder-process.ts";
import { BLOCK_BYTES } from "./source-cache.ts";

/** Timeout for something that another process does on a busy computer. */
const WAIT = { timeout: 100_000 };
const { limits } = SETTINGS;
const PLAN: TaskSpec = { kind: "plan", settings: SETTINGS, remuxed: false };

let bench: Bench;
let plan: Plan;
/** Init and media segments of the lowest rendition, by their input names in a download task. */
let parts: Record<string, string>;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
  const encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "12"];
  for (const name of ["source.mp4", "source.flv"]) {
    const file = join(bench.folder, name);
    const video = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=20"];
    await generate([...video, ...encoder, "-pix_fmt", "yuv420p", file]);
    bench.storage.link(name, file);
  }
  const planned = await runTask(bench.runner, bench.storage, { source: "source.mp4" }, PLAN);
  if (planned.outcome.type !== "done" || planned.outcome.result.kind !== "plan")
    throw new Error("no plan");
  ({ plan } = planned.outcome.result);
  const spec = plan.tasks[0]?.spec;
  if (spec?.kind !== "video") throw new Error("no first chunk");
  const id = spec.renditions[0]?.id ?? "";
  const { outputs } = await runTask(bench.runner, bench.storage, { source: "source.mp4" }, spec);
  parts = {
    [`${id}/init`]: `${outputs[id]}init.mp4`,
    [`${id}/0`]: `${outputs[id]}00000.m4s`,
    [`${id}/1`]: `${outputs[id]}00001.m4s`,
  };
}, 120_000);
afterAll(() => bench[Symbol.asyncDispose]());
afterEach(() => {
  bench.storage.waits = () => undefined;
});

/** Tasks that write to the disk, each with a request midway by which files have been written. */
const TASKS: Record<
  "remux" | "images" | "download",
  () => {
    spec: TaskSpec;
    inputs: Record<string, string>;
    middle: (line: string, start: number) => boolean;
  }
> = {
  remux: () => ({
    spec: { kind: "remux", demuxer: "flv", limits },
    inputs: { source: "source.flv" },
    middle: (line, start) => line === "GET source.flv" && start >= BLOCK_BYTES,
  }),
  images: () => ({
    spec: { kind: "images", source: plan.source, posterAt: null, limits },
    inputs: { source: "source.mp4" },
    middle: (line) => /^PUT .*storyboard\.jpg$/.test(line),
  }),
  download: () => ({
    spec: {
      kind: "download",
      format: "mp4",
      title: "Sample",
      renditions: [plan.renditions[0]?.id ?? ""],
      limits,
    },
    inputs: { source: "source.mp4", ...parts },
    middle: (line) => line === `GET ${Object.values(parts).at(-1)}`,
  }),
};
const KINDS = ["remux", "images", "download"] as const;

const newFolder = (): Promise<string> => mkdtemp(join(bench.folder, "temporary-"));
const filesIn = (folder: string): Promise<string[]> => readdir(folder, { recursive: true });

/** Starts a task and waits until it is midway, where the storage stops responding. */
async function startTask(
  host: TaskHost,
  folder: string,
  kind: keyof typeof TASKS,
  lost?: AbortSignal,
) {
  const { spec, inputs, middle } = TASKS[kind]();
  const reached = Promise.withResolvers<void>();
  const { waits } = bench.storage;
  bench.storage.waits = (line, start) => {
    if (!middle(line, start)) return waits(line, start);
    reached.resolve();
    return new Promise(() => undefined);
  };
  const ended = runTask(host, bench.storage, inputs, spec, lost).then(
    ({ outcome }) => outcome,
    (error: unknown) => String(error),
  );
  await Promise.race([
    reached.promise,
    ended.then((outcome) => Promise.reject(new Error(`${kind}: ${JSON.stringify(outcome)}`))),
  ]);
  // The folder must contain a folder and a file.
  await vi.waitFor(async () => {
    const files = (await filesIn(folder)).filter((name) => name.includes(`/${kind}-`));
    expect(files.length).toBeGreaterThan(1);
  }, WAIT);
  return { ended };
}

describe("temporary files", () => {
  it("are removed when tasks are lost midway, and the next task succeeds", async () => {
    const folder = await newFolder();
    // The tasks are lost all at once, because a runner hears of a lost task with its next report.
    const env = { SLOTS: String(KINDS.length) };
    const { child, worker, health } = await startProcess(bench.storage, 60, folder, env);
    const lost = new AbortController();
    const tasks: Awaited<ReturnType<typeof startTask>>[] = [];
    for (const kind of KINDS) tasks.push(await startTask(worker, folder, kind, lost.signal));
    lost.abort();
    await vi.waitFor(async () => {
      expect(await (await fetch(health)).json()).toMatchObject({ running: 0 });
      expect((await filesIn(folder)).filter((name) => name.includes("/"))).toEqual([]);
    }, WAIT);
    // A claim that waits for work would report too late that the runner no longer has a task.
    worker.answer = { type: "wait" };
    for (const { ended } of tasks) expect(await ended).toContain("handed back");
    worker.answer = undefined;
    bench.storage.waits = () => undefined;
    const next = await runTask(worker, bench.storage, { source: "source.mp4" }, PLAN);
    expect(next.outcome.type).toBe("done");
    child.kill("SIGTERM");
    await once(child, "exit");
  });

  it.each(KINDS)("are removed when a %s task is handed back", async (kind) => {
    const folder = await newFolder();
    const { child, worker } = await startProcess(bench.storage, 0, folder);
    const { ended } = await startTask(worker, folder, kind);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toContain("handed back");
    expect(await exited).toEqual([0, null]);
    expect(await filesIn(folder)).toEqual([]);
  });

  it("of a killed process are removed by the next process, and all other files are kept", async () => {
    const folder = await newFolder();
    const [running, killed] = [
      await startProcess(bench.storage, 60, folder),
      await startProcess(bench.storage, 60, folder),
    ];
    await mkdir(join(folder, `kinora-transcoder-another-host-${killed.child.pid}`));
    await mkdir(join(folder, "kinora-bench"));
    const before = await filesIn(folder);
    await startTask(killed.worker, folder, "remux");
    const exited = once(killed.child, "exit");
    killed.child.kill("SIGKILL");
    await exited;
    expect((await filesIn(folder)).length).toBeGreaterThan(before.length);

    const next = await startProcess(bench.storage, 60, folder);
    const renamed = before.map((name) =>
      name.endsWith(`-${killed.child.pid}`) && !name.includes("another-host")
        ? name.replace(/\d+$/, String(next.child.pid))
        : name,
    );
    expect((await filesIn(folder)).toSorted()).toEqual(renamed.toSorted());
    for (const { child } of [running, next]) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    expect((await filesIn(folder)).toSorted()).toEqual([
      "kinora-bench",
      `kinora-transcoder-another-host-${killed.child.pid}`,
    ]);
  });
});
