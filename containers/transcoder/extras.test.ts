import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TaskSpec } from "../../workers/contract/transcode.ts";
import { type Bench, generate, probeFile, startBench } from "../testing/bench.ts";
import { runTask, SETTINGS } from "../testing/pipeline.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** Runs the tasks of a film with all extras, stage by stage, handing downloads the segments they name. */
const everything = async (): Promise<Record<string, string>> => {
  const file = join(bench.folder, "source.mp4");
  const sources = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=160x120:r=25:d=9",
    "-f",
    "lavfi",
    "-i",
    "sine=d=9",
  ];
  await generate([
    ...sources,
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "aac",
    file,
  ]);
  bench.storage.link("source", file);
  const settings = { ...SETTINGS, downloads: true, secondCodec: "vp9" as const };
  const run = async (spec: TaskSpec, inputs: Record<string, string> = {}) => {
    const { outcome, outputs } = await runTask(
      bench.url,
      bench.storage,
      { source: "source", ...inputs },
      spec,
    );
    if (outcome.type === "failed") throw new Error(`${spec.kind}: ${outcome.code}`);
    return { result: outcome.result, outputs };
  };
  const { result } = await run({ kind: "plan", settings, remuxed: false });
  if (result.kind !== "plan") throw new Error("no plan");
  const parts: Record<string, string> = {};
  const downloads: Record<string, string> = {};
  for (const { spec } of result.plan.tasks.toSorted(
    (a, b) => a.stage - b.stage || b.priority - a.priority,
  )) {
    if (spec.kind !== "video" && spec.kind !== "audio" && spec.kind !== "download") continue;
    const done = await run(spec, spec.kind === "download" ? parts : {});
    if (done.result.kind === "download")
      downloads[done.result.file] = join(
        bench.folder,
        done.outputs["files"] ?? "",
        done.result.file,
      );
    if (done.result.kind !== "media") continue;
    for (const [id, output] of Object.entries(done.result.outputs)) {
      const prefix = done.outputs[id] ?? "";
      parts[`${id}/init`] = `${prefix}init.mp4`;
      for (const [index] of output.segments.entries()) {
        const number = output.firstSegment + index;
        parts[`${id}/${number}`] = `${prefix}${String(number).padStart(5, "0")}.m4s`;
      }
    }
  }
  return downloads;
};

describe("extras", () => {
  it("a film can be downloaded as MP4, M4A and WebM, whole and without another encode", async () => {
    const downloads = await everything();
    const streams: Record<string, unknown> = {};
    const frames: Record<string, number> = {};
    for (const [name, file] of Object.entries(downloads)) {
      const probed = await probeFile(file);
      streams[name] = probed.streams.map(({ codec_name: codec }) => codec);
      frames[name] = probed.packets.filter(({ stream }) => stream === 0).length;
    }
    expect(frames).toMatchObject({ "download.mp4": 225, "download.webm": 225 });
    expect(streams).toEqual({
      "download.mp4": ["h264", "aac"],
      "download.m4a": ["aac"],
      "download.webm": ["vp9", "opus"],
    });
  });
});
