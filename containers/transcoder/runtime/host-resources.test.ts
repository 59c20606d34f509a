import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { diskOfTask, memoryOfTask } from "./host-resources.ts";
import { runProcess } from "./process.ts";

const MEBIBYTE = 1024 ** 2;
const DISK = 100_000;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(1, 2048 * MEBIBYTE, DISK);
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

describe("the machine's memory", () => {
  /** Takes some 150 MiB for two looks of the watch. */
  const greedy = [
    "-e",
    `const held = Buffer.alloc(${100 * MEBIBYTE}, 1); setTimeout(() => held, 1500)`,
  ];
  const run = (resident: Map<number, number>) =>
    runProcess(process.execPath, greedy, {
      signal: new AbortController().signal,
      memoryLimit: 250 * MEBIBYTE,
      resident,
    });

  it("is enough for one process of a task after the other, but not for both at once", async () => {
    const resident = new Map<number, number>();
    await run(resident);
    await run(resident);
    expect(resident.size).toBe(0);
    await expect(Promise.all([run(resident), run(resident)])).rejects.toMatchObject({
      code: "out_of_memory",
    });
  });

  it("is shared out evenly", () => {
    expect(memoryOfTask(1)).toBeGreaterThan(0);
    expect(memoryOfTask(4)).toBe(Math.floor(memoryOfTask(1) / 4));
  });
});

describe("the machine's disk", () => {
  it("is shared out evenly, without what sources may take", async () => {
    const all = await diskOfTask(bench.folder, 0, 1);
    expect(all).toBeGreaterThan(0);
    expect(await diskOfTask(bench.folder, all, 1)).toBeLessThan(all / 2);
  });

  it("says at once that a file is too large to be put in order, for good", async () => {
    const film = join(bench.folder, "film.ts");
    await generate([
      ...["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6", "-c:v", "libx264", "-qp", "10", film],
    ]);
    expect((await readFile(film)).length).toBeGreaterThan(DISK);
    bench.storage.link("film", film);
    const { limits } = SETTINGS;
    const spec = { kind: "remux" as const, demuxer: "mpegts", limits };
    const { outcome } = await runTask(bench.url, bench.storage, { source: "film" }, spec);
    expect(outcome).toMatchObject({ type: "failed", code: "too_large_to_remux", permanent: true });
    expect(bench.storage.requests.filter((line) => line.startsWith("P"))).toEqual([]);
  });

  it("bounds a file to download", async () => {
    const parts = join(bench.folder, "film.mp4");
    await generate([
      ...["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6", "-c:v", "libx264", "-qp", "10"],
      ...["-movflags", "+frag_keyframe+empty_moov", parts],
    ]);
    bench.storage.link("parts", parts);
    const { limits } = SETTINGS;
    const spec = { kind: "download" as const, format: "mp4" as const, title: "Film", limits };
    const inputs = { source: "parts", "h264-240/init": "parts", "h264-240/0": "parts" };
    const request = { ...spec, renditions: ["h264-240"] };
    const { outcome } = await runTask(bench.url, bench.storage, inputs, request);
    expect(outcome).toMatchObject({ type: "failed", code: "output_too_large", permanent: true });
    const missing = { ...spec, renditions: ["h264-240", "audio-0"] };
    const silent = await runTask(bench.url, bench.storage, inputs, missing);
    expect(silent.outcome).toMatchObject({ type: "failed", code: "invalid_task" });
  });
});
