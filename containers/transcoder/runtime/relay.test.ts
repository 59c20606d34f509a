import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Plan, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { segmentName } from "../../../workers/domain/segment-names.ts";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { type Finished, runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

const MEGABYTE = 1 << 20;
const SOURCES = ["video.mp4", "video.mkv", "video.avi", "video.ts"];
/** Short, but long enough for a busy computer to respond. */
const SHORT_TIMEOUTS = {
  readTimeoutMs: 1000,
  writeTimeoutMs: 5000,
  stallTimeoutMs: 1000,
  blockTimeoutMs: 2000,
};
let bench: Bench;
/** Gives up soon on a storage that does not respond. */
let impatient: Bench;
/** Bytes of each source. */
const sizes = new Map<string, number>();

beforeAll(async () => {
  bench = await startBench();
  impatient = await startBench(2, undefined, undefined, SHORT_TIMEOUTS);
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

/** Makes the middle of a source unreadable; its beginning, and an index at its end, stay readable. */
function loseMiddle(source: string): void {
  const end = sizes.get(source) ?? 0;
  // As new content, because the transcoder may have cached the old one.
  bench.storage.link(source, join(bench.folder, source));
  bench.storage.breaks = (path, start) => {
    if (path !== source || start > end - MEGABYTE / 4) return undefined;
    return Math.max(0, MEGABYTE - start);
  };
}

function run(source: string, spec: TaskSpec, on = bench): Promise<Finished> {
  return runTask(on.runner, bench.storage, { source }, spec);
}

const plan: TaskSpec = { kind: "plan", settings: { ...SETTINGS, loudness: false }, remuxed: false };

const remux: TaskSpec = { kind: "remux", demuxer: "mpegts", limits: SETTINGS.limits };

async function planOf(source: string): Promise<Plan> {
  const { outcome } = await run(source, plan);
  if (outcome.type !== "done" || outcome.result.kind !== "plan") throw new Error("no plan");
  return outcome.result.plan;
}

function specOf({ tasks }: Plan, name: string): TaskSpec {
  const task = tasks.find((one) => one.name === name);
  if (task === undefined)
    throw new Error(`no ${name} among ${tasks.map((one) => one.name).join()}`);
  return task.spec;
}

const UNREACHABLE = { type: "failed", code: "source_unreachable", permanent: false };

describe("a storage that fails in the middle of a source", () => {
  it.each(SOURCES)("does not make %s count as damaged", async (source) => {
    loseMiddle(source);
    const first = source.endsWith("ts") ? remux : plan;
    expect((await run(source, first)).outcome).toMatchObject(UNREACHABLE);
  });

  it.each(["video 1", "audio 0", "images"])("fails %s with a temporary failure", async (name) => {
    for (const source of ["video.mp4", "video.mkv"]) {
      const spec = specOf(await planOf(source), name);
      loseMiddle(source);
      expect((await run(source, spec)).outcome).toMatchObject(UNREACHABLE);
    }
  });

  it.each(["head", "body"])(
    "and stalls in the %s of its responses is not taken for the end of the file",
    async (at) => {
      for (const [source, name] of [
        ["video.mkv", "video 1"],
        ["video.mkv", "audio 0"],
        ["video.ts", "remux"],
      ] as const) {
        const spec = name === "remux" ? remux : specOf(await planOf(source), name);
        loseMiddle(source);
        const { breaks } = bench.storage;
        bench.storage.stalls = true;
        bench.storage.breaks = at === "body" ? breaks : () => undefined;
        bench.storage.waits = (line, start) =>
          at === "head" && line === `GET ${source}` && breaks(source, start) === 0
            ? new Promise(() => undefined)
            : undefined;
        expect((await run(source, spec, impatient)).outcome).toMatchObject(UNREACHABLE);
        bench.storage.waits = () => undefined;
        bench.storage.breaks = () => undefined;
      }
    },
  );

  it("and recovers at once changes nothing: every segment is the same", async () => {
    const whole = specOf(await planOf("video.mkv"), "video 1");
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
