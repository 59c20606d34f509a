import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  generate,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { diskPerTask, memoryPerTask } from "./host-resources.ts";
import { runProcess } from "./process.ts";

const MEBIBYTE = 1024 ** 2;
const DISK_BYTES = 100_000;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ slots: 1, maxDiskBytes: DISK_BYTES, tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

describe("memory", () => {
  /** Runs a process that uses about 150 MiB for the given time. Memory is checked twice per second. */
  function run(residentBytes: Map<number, number>, ms: number, signal: AbortSignal) {
    const held = `const held = Buffer.alloc(${100 * MEBIBYTE}, 1); setTimeout(() => held, ${ms})`;
    const maxMemoryBytes = 250 * MEBIBYTE;
    return runProcess(process.execPath, ["-e", held], { signal, maxMemoryBytes, residentBytes });
  }

  it("is limited for all processes of a task together", async () => {
    const residentBytes = new Map<number, number>();
    const end = new AbortController();
    await run(residentBytes, 1500, end.signal);
    await run(residentBytes, 1500, end.signal);
    expect(residentBytes.size).toBe(0);
    // Long enough for the processes to overlap, however slowly this computer starts them.
    const both = [1, 2].map(() => run(residentBytes, 100_000, end.signal));
    await expect(Promise.all(both)).rejects.toMatchObject({ code: "out_of_memory" });
    end.abort();
    await Promise.allSettled(both);
  });

  it("is divided evenly among tasks", () => {
    expect(memoryPerTask(1)).toBeGreaterThan(0);
    expect(memoryPerTask(4)).toBe(Math.floor(memoryPerTask(1) / 4));
  });
});

describe("disk space", () => {
  it("is divided evenly among tasks, except for the source cache", async () => {
    const all = await diskPerTask(bench.folder, 0, 1);
    expect(all).toBeGreaterThan(0);
    expect(await diskPerTask(bench.folder, all, 1)).toBeLessThan(all / 2);
  });

  it("rejects a file that is too large to remux before it is read", async () => {
    const file = join(bench.folder, "large.ts");
    await generate([
      ...["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6", "-c:v", "libx264", "-qp", "10", file],
    ]);
    expect((await readFile(file)).length).toBeGreaterThan(DISK_BYTES);
    bench.storage.link("source", file);
    const { limits } = SETTINGS;
    const spec = { kind: "remux" as const, demuxer: "mpegts", limits };
    const { outcome } = await runTask(bench.runner, bench.storage, { source: "source" }, spec);
    expect(outcome).toMatchObject({ type: "failed", code: "too_large_to_remux", permanent: true });
    expect(bench.storage.requests.filter((line) => line.startsWith("P"))).toEqual([]);
  });

  it("limits the size of a download", async () => {
    const parts = join(bench.folder, "segments.mp4");
    await generate([
      ...["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6", "-c:v", "libx264", "-qp", "10"],
      ...["-movflags", "+frag_keyframe+empty_moov", parts],
    ]);
    bench.storage.link("parts", parts);
    const { limits } = SETTINGS;
    const spec = {
      kind: "download" as const,
      format: "mp4" as const,
      title: "Sample",
      limits,
    };
    const inputs = { source: "parts", "h264-240/init": "parts", "h264-240/0": "parts" };
    const request = { ...spec, renditions: ["h264-240"] };
    const { outcome } = await runTask(bench.runner, bench.storage, inputs, request);
    expect(outcome).toMatchObject({ type: "failed", code: "output_too_large", permanent: true });
    const missing = { ...spec, renditions: ["h264-240", "audio-0"] };
    const silent = await runTask(bench.runner, bench.storage, inputs, missing);
    expect(silent.outcome).toMatchObject({ type: "failed", code: "invalid_task" });
  });
});
