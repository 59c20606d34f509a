import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AudioSpec, segmentSamples } from "../../../workers/domain/tasks/audio-specs.ts";
import type { RenditionOutput } from "../../../workers/contract/transcodes.ts";
import {
  type Bench,
  generate,
  joinTrack,
  probeFile,
  samples,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const SECONDS = 14;
/** Two tones that sometimes exceed the limiter's threshold. */
const TONES =
  "aevalsrc='(0.5+0.5*sin(2*PI*t/3))*(0.6*sin(2*PI*440*t)+0.5*sin(2*PI*1870*t))':s=44100";

/** Generates a video and returns the task that encodes its audio track as a whole. */
async function wholeTrack(name: string, args: readonly string[]): Promise<AudioSpec> {
  const file = join(bench.folder, name);
  await generate([
    ...["-f", "lavfi", "-i", `testsrc2=s=64x48:r=25:d=${SECONDS}`, "-f", "lavfi", "-i", TONES],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-t", String(SECONDS), ...args],
    file,
  ]);
  bench.storage.link(name, file);
  const settings = { ...SETTINGS, segmentSeconds: 2 };
  const spec = { kind: "plan" as const, settings, remuxed: false };
  const { outcome } = await runTask(bench.runner, bench.storage, { source: name }, spec);
  if (outcome.type !== "done" || outcome.result.kind !== "plan") throw new Error("no plan");
  const planned = outcome.result.plan.tasks.find(({ name: task }) => task === "audio 0");
  if (planned?.spec.kind !== "audio") throw new Error("no audio");
  return planned.spec;
}

/** Encodes parts of a track and joins them as a player would. */
async function encode(source: string, name: string, specs: AudioSpec[]) {
  const outputs: RenditionOutput[] = [];
  const segments: string[] = [];
  let init = "";
  for (const spec of specs) {
    const { outcome, outputs: folders } = await runTask(
      bench.runner,
      bench.storage,
      { source },
      spec,
    );
    if (outcome.type !== "done" || outcome.result.kind !== "media") throw new Error("no audio");
    const output = outcome.result.outputs["audio-0"]!;
    outputs.push(output);
    init ||= `${folders["audio-0"]}init.mp4`;
    for (const index of output.segments.keys()) {
      const number = String(output.firstSegment + index).padStart(5, "0");
      segments.push(`${folders["audio-0"]}${number}.m4s`);
    }
  }
  return { outputs, file: await joinTrack(bench, { init, segments, outputs }, name) };
}

it.each([
  ["video.mp4", []],
  ["video.mkv", []],
  ["audio-ends-early.mp4", ["-af", "atrim=end=5"]],
])("the audio of %s in parts is the same as encoded at once", async (name, args) => {
  const spec = await wholeTrack(name, args);
  const single = await encode(name, `single-${name}`, [spec]);
  const parts = await encode(name, `parts-${name}`, [
    { ...spec, segmentCount: 2 },
    { ...spec, firstSegment: 2, segmentCount: 3 },
    { ...spec, firstSegment: 5 },
  ]);
  expect(new Set(parts.outputs.map(({ initSha256 }) => initSha256))).toEqual(
    new Set([single.outputs[0]?.initSha256]),
  );
  expect(
    parts.outputs.map(({ firstSegment, segments }) => [firstSegment, segments.length]),
  ).toEqual([
    [0, 2],
    [2, 3],
    [5, (single.outputs[0]?.segments.length ?? 0) - 5],
  ]);
  async function times(file: string) {
    return (await probeFile(file)).packets.map(({ dts, duration }) => [dts, duration]);
  }
  expect(await times(parts.file)).toEqual(await times(single.file));

  const [expected, actual] = [await samples(single.file), await samples(parts.file)];
  expect(actual.length).toBe(expected.length);
  const length = segmentSamples(spec.rendition, spec.segmentSeconds);
  /** A click would bend the waveform more sharply than anywhere else. */
  function bend(audio: Float32Array, at: number) {
    return Math.abs((audio[at + 1] ?? 0) - 2 * (audio[at] ?? 0) + (audio[at - 1] ?? 0));
  }
  const sharpest = expected.reduce((most, _, at) => Math.max(most, bend(expected, at)), 0);
  for (const border of [2 * length, 5 * length]) {
    for (let at = border - 2400; at < border + 2400; at += 1) {
      expect(bend(actual, at)).toBeLessThan(1.2 * sharpest);
      // Matroska's timestamps are in milliseconds, so its second part may be some samples off.
      if (name.endsWith(".mp4")) expect(actual[at]).toBeCloseTo(expected[at] ?? 1, 1.7);
    }
  }
});
