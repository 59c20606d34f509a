import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Plan, TaskSpec } from "../../../workers/contract/transcode.ts";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { type Finished, runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

const MEGABYTE = 1 << 20;
const SOURCES = ["film.mp4", "film.mkv", "film.avi", "film.ts"];
/** Milliseconds: long enough for a busy machine to answer in. */
const LITTLE_PATIENCE = { answer: 1000, storing: 5000, bytes: 1000, block: 2000 };
let bench: Bench;
/** Its transcoder gives a silent storage up soon. */
let impatient: Bench;
/** Bytes of each source. */
const sizes = new Map<string, number>();

beforeAll(async () => {
  bench = await startBench();
  impatient = await startBench(2, undefined, undefined, LITTLE_PATIENCE);
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

/** Nothing in the middle of a source can be read any more; its beginning, and an index at its end, can. */
const loseMiddle = (source: string): void => {
  const end = sizes.get(source) ?? 0;
  // As new content: the transcoder may hold what it has read before.
  bench.storage.link(source, join(bench.folder, source));
  bench.storage.breaks = (path, start) => {
    if (path !== source || start > end - MEGABYTE / 4) return undefined;
    return Math.max(0, MEGABYTE - start);
  };
};

const run = (source: string, spec: TaskSpec, on = bench): Promise<Finished> =>
  runTask(on.url, bench.storage, { source }, spec);

const plan: TaskSpec = { kind: "plan", settings: { ...SETTINGS, loudness: false }, remuxed: false };

const remux: TaskSpec = { kind: "remux", demuxer: "mpegts", limits: SETTINGS.limits };

const planOf = async (source: string): Promise<Plan> => {
  const { outcome } = await run(source, plan);
  if (outcome.type !== "done" || outcome.result.kind !== "plan") throw new Error("no plan");
  return outcome.result.plan;
};

const specOf = ({ tasks }: Plan, name: string): TaskSpec => {
  const task = tasks.find((one) => one.name === name);
  if (task === undefined)
    throw new Error(`no ${name} among ${tasks.map((one) => one.name).join()}`);
  return task.spec;
};

const UNREACHABLE = { type: "failed", code: "source_unreachable", permanent: false };

describe("a storage that breaks off in the middle of a source", () => {
  it.each(SOURCES)("and stays away is not the fault of %s", async (source) => {
    loseMiddle(source);
    const first = source.endsWith("ts") ? remux : plan;
    expect((await run(source, first)).outcome).toMatchObject(UNREACHABLE);
  });

  it.each(["video 1", "audio 0", "images"])("fails %s for now, not for good", async (name) => {
    for (const source of ["film.mp4", "film.mkv"]) {
      const spec = specOf(await planOf(source), name);
      loseMiddle(source);
      expect((await run(source, spec)).outcome).toMatchObject(UNREACHABLE);
    }
  });

  it.each(["head", "body"])(
    "and stalls in the %s of its answers is no end of the file",
    async (at) => {
      for (const [source, name] of [
        ["film.mkv", "video 1"],
        ["film.mkv", "audio 0"],
        ["film.ts", "remux"],
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

  it("and comes back at once costs nothing: every segment is the same", async () => {
    const whole = specOf(await planOf("film.mkv"), "video 1");
    const hashes = async (): Promise<string[]> => {
      bench.storage.link("film.mkv", join(bench.folder, "film.mkv"));
      const { outcome, outputs } = await run("film.mkv", whole);
      if (outcome.type !== "done" || outcome.result.kind !== "media") throw new Error("no media");
      const stored = Object.entries(outcome.result.outputs).flatMap(([id, output]) =>
        output.segments.map((_, index) =>
          join(
            bench.folder,
            `${outputs[id]}${String(output.firstSegment + index).padStart(5, "0")}.m4s`,
          ),
        ),
      );
      const bytes = await Promise.all(stored.map((file) => readFile(file)));
      // The renditions of one decode are told in the order in which they end.
      return bytes.map((segment) => createHash("sha256").update(segment).digest("hex")).sort();
    };
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
