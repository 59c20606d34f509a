import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EditRecipe } from "../../../workers/contract/versions.ts";
import type { Plan } from "../../../workers/contract/transcodes.ts";
import { editRendition, editTasks } from "../../../workers/domain/tasks/edit-tasks.ts";
import { countFrames, keptFrames } from "../../../workers/domain/edit-timeline.ts";
import {
  type Bench,
  generate,
  probeFile,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { planSource, runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

const execute = promisify(execFile);
let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "10", "-g", "47", "-bf", "2"];
/** Every frame differs from its neighbours, and so does every part of the audio. */
const source = (rate: string) => [
  ...["-f", "lavfi", "-i", `testsrc2=s=320x180:r=${rate}:d=12`],
  ...["-f", "lavfi", "-i", "aevalsrc=0.4*sin(2*PI*(200+40*t)*t)|0.4*sin(2*PI*330*t):s=44100:d=12"],
];

interface Edited {
  plan: Plan;
  /** The path of the joined file. */
  file: string;
  keep: { from: number; to: number }[];
}

/** Runs the tasks of an edit as the Worker does. */
async function edit(
  name: string,
  args: readonly string[],
  keep: { from: number; to: number }[],
  more: Pick<EditRecipe, "watermark" | "audio"> = {},
): Promise<Edited & { input: string }> {
  const input = join(bench.folder, name);
  await generate([...args, input]);
  bench.storage.link(name, input);
  const before = await planSource(bench.runner, bench.storage, name);
  if (before.outcome.type === "failed" || before.outcome.result.kind !== "plan")
    throw new Error("no plan");
  const { source: info, grid } = before.outcome.result.plan;
  const ranges = keptFrames({ keep }, grid.frameRate, grid.totalFrames);
  const rendition = editRendition(info, grid, countFrames(ranges));
  if (!rendition) throw new Error("too long");
  const inputs: Record<string, string> = {
    ...{ source: before.source, watermark: "mark.png", audio: "other.mp3" },
  };
  let joined = "";
  for (const { spec } of editTasks(info, rendition, ranges, SETTINGS, more)) {
    const { outcome, outputs } = await runTask(bench.runner, bench.storage, inputs, spec);
    if (outcome.type === "failed") throw new Error(outcome.code);
    if (outputs["files"])
      inputs[`part/${Object.keys(inputs).length - 3}`] = `${outputs["files"]}part.mp4`;
    joined = outputs["remuxed"] ?? "";
  }
  const after = await planSource(bench.runner, bench.storage, joined);
  if (after.outcome.type === "failed" || after.outcome.result.kind !== "plan")
    throw new Error("no plan of the edited file");
  return {
    plan: after.outcome.result.plan,
    file: join(bench.folder, joined),
    keep: ranges,
    input,
  };
}

/** PSNR of each frame of the edited file against ffmpeg's own cut of the source. */
async function psnrOfFrames(
  { file, input, keep }: Edited & { input: string },
  overlay = "null",
): Promise<number[]> {
  const cut = keep.map(({ from, to }) => `between(n,${from},${to - 1})`).join("+");
  const { stdout } = await execute(
    quickTools.ffmpeg,
    [
      ...["-v", "error", "-nostdin", "-i", file, "-i", input, "-filter_complex"],
      `[0:v]settb=1/25,setpts=N[a];[1:v]select='${cut}',settb=1/25,setpts=N[c];[c]${overlay}[b];[a][b]psnr=stats_file=-[o]`,
      ...["-map", "[o]", "-f", "null", "/dev/null"],
    ],
    { maxBuffer: 1 << 26 },
  );
  return [...stdout.matchAll(/psnr_avg:([\d.]+|inf)/g)].map(([, value]) =>
    value === "inf" ? 100 : Number(value),
  );
}

/** Samples of a whole file, or of the parts that ffmpeg cuts from it by sample number. */
async function pcm(file: string, filter: string): Promise<Int16Array> {
  const { stdout } = await execute(
    quickTools.ffmpeg,
    [
      ...["-v", "error", "-nostdin", "-i", file, "-filter_complex", filter, "-map", "[o]"],
      ...["-f", "s16le", "-"],
    ],
    { encoding: "buffer", maxBuffer: 1 << 28 },
  );
  return new Int16Array(
    stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength),
  );
}

it.each([
  ["trimmed.mp4", "25", [...H264, "-c:a", "aac"], [{ from: 1.5, to: 9.2 }]],
  [
    "cut-out.mkv",
    "30000/1001",
    [...H264, "-c:a", "flac"],
    [
      { from: 0, to: 2 },
      { from: 3.337, to: 5 },
      { from: 8, to: 11.9 },
    ],
  ],
  [
    "transport.ts",
    "25",
    [...H264, "-c:a", "mp2"],
    [
      { from: 2, to: 4 },
      { from: 6, to: 12 },
    ],
  ],
])("%s has exactly the kept frames in order", async (name, rate, args, keep) => {
  const edited = await edit(name, [...source(rate), ...args], keep);
  const frames = countFrames(edited.keep);
  expect(edited.plan.grid.totalFrames).toBe(frames);
  const psnr = await psnrOfFrames(edited);
  expect(psnr).toHaveLength(frames);
  // If the frames were off by one, the PSNR would be about 20 dB.
  expect(Math.min(...psnr)).toBeGreaterThan(36);
  expect(edited.plan.source.audio).toHaveLength(1);
});

it("cuts the audio exactly at the sample and keeps every track with its language", async () => {
  const keep = [
    { from: 0.52, to: 3 },
    { from: 5.04, to: 9 },
  ];
  const tracks = ["-map", "0:v", "-map", "1:a", "-map", "1:a", "-metadata:s:a:0", "language=deu"];
  const edited = await edit(
    "tracks.mkv",
    [...source("25"), ...tracks, ...H264, "-c:a", "pcm_s16le"],
    keep,
  );
  const at = (seconds: number) => Math.round(seconds * 44_100);
  const own = await pcm(
    edited.input,
    [
      "[0:a:0]asplit=2[a][b]",
      `[a]atrim=start_sample=${at(0.52)}:end_sample=${at(3)},asetpts=PTS-STARTPTS[c]`,
      `[b]atrim=start_sample=${at(5.04)}:end_sample=${at(9)},asetpts=PTS-STARTPTS[d]`,
      "[c][d]concat=n=2:v=0:a=1[o]",
    ].join(";"),
  );
  const samples = await pcm(edited.file, "[0:a:0]anull[o]");
  expect(samples).toHaveLength(own.length);
  expect(samples.every((sample, index) => sample === own[index])).toBe(true);
  const { streams } = await probeFile(edited.file);
  expect(streams.map(({ codec_type: type }) => type)).toEqual(["video", "audio", "audio"]);
  expect(edited.plan.source.audio.map(({ language }) => language)).toEqual(["de", null]);
});

it("lays an image over every frame at the requested position and opacity", async () => {
  const mark = join(bench.folder, "mark.png");
  await generate([
    ...["-f", "lavfi", "-i", "color=c=red@0.8:s=64x32,format=rgba", "-frames:v", "1", mark],
  ]);
  bench.storage.link("mark.png", mark);
  const edited = await edit("marked.mp4", [...source("25"), ...H264], [{ from: 1, to: 4 }], {
    watermark: { picture: "1", position: "bottom-right", size: 0.4, opacity: 0.5 },
  });
  const same = [
    `null[m];movie=${mark},format=rgba,colorchannelmixer=aa=0.5,scale=128:-2[w]`,
    "[m][w]overlay=x=W-w-6:y=H-h-6:format=rgb,format=yuv420p",
  ].join(";");
  const psnr = await psnrOfFrames(edited, same);
  expect(psnr).toHaveLength(75);
  expect(Math.min(...psnr)).toBeGreaterThan(36);
  // The overlaid image is there.
  expect(Math.max(...(await psnrOfFrames(edited)))).toBeLessThan(30);
});

it.each(["replace", "add"] as const)(
  "an edit can %s an audio track from another file",
  async (mode) => {
    const other = join(bench.folder, "other.mp3");
    await generate(["-f", "lavfi", "-i", "sine=f=700:r=48000:d=2", "-c:a", "libmp3lame", other]);
    bench.storage.link("other.mp3", other);
    const keep = [{ from: 1, to: 4 }];
    const audio = { upload: "x", mode, language: "fr" };
    const edited = await edit(`${mode}.mp4`, [...source("25"), ...H264], keep, { audio });
    const tracks = mode === "replace" ? 1 : 2;
    expect(edited.plan.source.audio).toHaveLength(tracks);
    expect(edited.plan.source.audio.at(-1)).toMatchObject({ language: "fr", sampleRate: 48_000 });
    const own = await pcm(other, "[0:a]apad,atrim=end_sample=144000[o]");
    const samples = await pcm(edited.file, `[0:a:${tracks - 1}]anull[o]`);
    expect(samples).toHaveLength(own.length);
    expect(samples.every((sample, index) => sample === own[index])).toBe(true);
  },
);
