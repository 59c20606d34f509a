import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Plan, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { segmentName } from "../../../workers/domain/tasks/segment-names.ts";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { type Finished, runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

const MEGABYTE = 1 << 20;
const SOURCES = ["video.mp4", "video.mkv", "video.avi", "video.ts"];
/** A timeout that is short, but long enough for a busy computer to respond. */
const SHORT_TIMEOUTS = {
  readTimeoutMs: 1000,
  writeTimeoutMs: 5000,
  stallTimeoutMs: 1000,
  blockTimeoutMs: 2000,
};
let bench: Bench;
/** A storage client that gives up soon if there is no response. */
let impatient: Bench;
/** Size of each source in bytes. */
const sizes = new Map<string, number>();

beforeAll(async () => {
  bench = await startBench();
  impatient = await startBench({ retryPolicy: SHORT_TIMEOUTS });
  for (const name of SOURCES) {
    const file = join(bench.folder, name);
    const codec = name.endsWith("avi")
      ? ["-c:v", "mpeg4", "-q:v", "1"]
      : ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "3"];
    await generate([
      ...["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=10"],
      ...["-f", "lavfi", "-i", "sine=f=440:d=10", ...codec, "-c:a", "mp2", file],
    ]);
    sizes.set(name, (await stat(file)).size);
    bench.storage.link(name, file);
  }
}, 120_000);
afterAll(async () => {
  await impatient[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});
beforeEach(() => {
  bench.storage.breaks = () => undefined;
  bench.storage.waits = () => undefined;
  bench.storage.stalls = false;
});

/** Makes the middle of sources unreadable; their beginning, and an index at the end, stay readable. */
function loseMiddles(...sources: readonly string[]): void {
  // Served as new content, because the transcoder may have cached the old one.
  for (const source of sources) bench.storage.link(source, join(bench.folder, source));
  bench.storage.breaks = (path, start) => {
    const isLost = sources.includes(path) && start <= (sizes.get(path) ?? 0) - MEGABYTE / 4;
    return isLost ? Math.max(0, MEGABYTE - start) : undefined;
  };
}

function run(source: string, spec: TaskSpec, on = bench): Promise<Finished> {
  return runTask(on.runner, bench.storage, { source }, spec);
}

const plan: TaskSpec = { kind: "plan", settings: { ...SETTINGS, loudness: false }, remuxed: false };

const remux: TaskSpec = { kind: "remux", demuxer: "mpegts", limits: SETTINGS.limits };

/** The sources are made once, before anything is lost. */
const plans = new Map<string, Plan>();
async function planOf(source: string): Promise<Plan> {
  const known = plans.get(source);
  if (known !== undefined) return known;
  const { outcome } = await run(source, plan);
  if (outcome.type !== "done" || outcome.result.kind !== "plan") throw new Error("no plan");
  plans.set(source, outcome.result.plan);
  return outcome.result.plan;
}

async function specOf(source: string, name: string): Promise<TaskSpec> {
  const { tasks } = await planOf(source);
  const task = tasks.find((one) => one.name === name);
  if (task === undefined)
    throw new Error(`no ${name} among ${tasks.map((one) => one.name).join()}`);
  return task.spec;
}

const UNREACHABLE = { type: "failed", code: "source_unreachable", permanent: false };

/** The tasks run in parallel, because each waits for repeated reads. */
async function expectUnreachable(
  tasks: readonly (readonly [source: string, spec: TaskSpec])[],
  on?: Bench,
): Promise<void> {
  const ends = await Promise.all(tasks.map(([source, spec]) => run(source, spec, on)));
  expect(ends.map(({ outcome }) => outcome)).toMatchObject(tasks.map(() => UNREACHABLE));
}

describe("a storage that fails in the middle of a source", () => {
  it("does not make it count as damaged, in any container", async () => {
    loseMiddles(...SOURCES);
    await expectUnreachable(
      SOURCES.map((source) => [source, source.endsWith("ts") ? remux : plan]),
    );
  });

  it("fails tasks of video, audio and images with a temporary failure", async () => {
    const sources = ["video.mp4", "video.mkv"];
    const tasks: [source: string, spec: TaskSpec][] = [];
    for (const source of sources)
      for (const name of ["video 1", "audio 0", "images"])
        tasks.push([source, await specOf(source, name)]);
    loseMiddles(...sources);
    await expectUnreachable(tasks);
  });

  it.each(["head", "body"])(
    "and stalls in the %s of its responses is not treated as the end of the file",
    async (at) => {
      const tasks = [
        ["video.mkv", await specOf("video.mkv", "video 1")],
        ["video.mkv", await specOf("video.mkv", "audio 0")],
        ["video.ts", remux],
      ] as const;
      const sources = ["video.mkv", "video.ts"];
      loseMiddles(...sources);
      const { breaks } = bench.storage;
      bench.storage.stalls = true;
      bench.storage.breaks = at === "body" ? breaks : () => undefined;
      bench.storage.waits = (line, start) =>
        at === "head" && sources.some((path) => line === `GET ${path}` && breaks(path, start) === 0)
          ? new Promise(() => undefined)
          : undefined;
      await expectUnreachable(tasks, impatient);
    },
  );

  it("and recovers at once has no effect: every segment is the same", async () => {
    const whole = await specOf("video.mkv", "video 1");
    async function hashes(): Promise<string[]> {
      bench.storage.link("video.mkv", join(bench.folder, "video.mkv"));
      const { outcome, outputs } = await run("video.mkv", whole);
      if (outcome.type !== "done" || outcome.result.kind !== "media") throw new Error("no media");
      const stored = Object.entries(outcome.result.outputs).flatMap(([id, output]) =>
        output.segments.map((_, index) =>
          join(bench.folder, `${outputs[id]}${segmentName(output.firstSegment + index)}`),
        ),
      );
      const bytes = await Promise.all(stored.map((file) => readFile(file)));
      // Renditions are listed in the order in which they finish.
      return bytes.map((segment) => createHash("sha256").update(segment).digest("hex")).sort();
    }
    const unbroken = await hashes();
    let broken = 0;
    bench.storage.breaks = () => {
      broken += 1;
      return 700_000;
    };
    expect(await hashes()).toEqual(unbroken);
    expect(broken).toBeGreaterThan(3);
  });
});
