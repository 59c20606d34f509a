import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  generate,
  probeFile,
  samples,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import {
  transcodeLowest,
  transcodeWithAudio,
  H264,
  joinLowestRendition,
  joinRendition,
} from "../../../tests/support/transcoder/video.ts";
import { SETTINGS, transcode } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const TESTSRC = ["-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=3"];
function sineInput(channels: string): string[] {
  return ["-f", "lavfi", "-i", `sine=f=440:d=3,aformat=channel_layouts=${channels}`];
}

/** Level in decibels below full scale, as RMS. */
function loudness(audio: Float32Array): number {
  return 10 * Math.log10(audio.reduce((sum, value) => sum + value * value, 0) / audio.length);
}

describe("an audio track", () => {
  const TONE = "0.5*sin(2*PI*440*t)";

  it.each([
    ["mono", TONE, 1],
    ["5.1", `0|0|${TONE}|0|0|0`, 2],
  ])("in %s keeps its dialogue", async (layout, tone, channels) => {
    const done = await transcodeWithAudio(bench, `${layout}.mkv`, [
      ...[...TESTSRC, "-f", "lavfi", "-i", `aevalsrc=${tone}:c=${layout}:d=3`],
      ...[...H264, "-c:a", "ac3"],
    ]);
    const file = await joinRendition(bench, done, "audio-0");
    expect((await probeFile(file)).streams).toMatchObject([
      { codec_name: "aac", channels, sample_rate: "48000" },
    ]);
    // The downmix splits the centre channel between left and right.
    expect(loudness(await samples(file))).toBeGreaterThan(-22);
  });

  it("becomes a rendition with its language", async () => {
    const tracks = [
      ...["-map", "0:v", "-map", "1:a", "-map", "2:a", "-metadata:s:a:0", "language=eng"],
      ...["-metadata:s:a:1", "language=deu"],
    ];
    const done = await transcodeWithAudio(bench, "two.mkv", [
      ...TESTSRC,
      ...sineInput("stereo"),
      ...sineInput("mono"),
      ...tracks,
      ...H264,
      "-c:a",
      "aac",
    ]);
    expect(done.plan.renditions.filter(({ type }) => type === "audio")).toMatchObject([
      { id: "audio-0", language: "en" },
      { id: "audio-1", language: "de" },
      { id: "opus-0", language: "en" },
    ]);
    expect(Object.keys(done.tracks)).toEqual(expect.arrayContaining(["audio-0", "audio-1"]));
  });

  it("that outlasts the video track keeps the last frame on screen", async () => {
    const done = await transcodeLowest(bench, "audio-outlasts-video.mp4", [
      ...["-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=1", ...sineInput("stereo"), ...H264],
      ...["-c:a", "aac"],
    ]);
    expect((await probeFile(await joinLowestRendition(bench, done))).packets).toHaveLength(75);
  });

  /** Normalizes the loudness of this audio and returns it without its beginning and end. */
  async function normalized(name: string, filter: string, rate?: number): Promise<Float32Array> {
    const file = join(bench.folder, name);
    await generate([
      ...["-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=8", "-f", "lavfi", "-i", filter],
      ...[...H264, "-c:a", "pcm_s16le", "-t", "8", file],
    ]);
    bench.storage.link(name, file);
    const settings = { ...SETTINGS, loudness: true };
    const { runner, storage } = bench;
    const done = await transcode(runner, storage, name, settings, (kind) => kind === "audio");
    if (done.type === "failed") throw new Error(done.code);
    const all = await samples(await joinRendition(bench, done, "audio-0"), rate);
    return all.subarray(all.length / 8, -all.length / 8);
  }

  it.each([
    // A 997 Hz tone of x dBFS RMS per channel measures x + 3 LUFS (BS.1770); so does the sum of both channels.
    ["stereo", "sine=f=997,volume=-12dB,aformat=channel_layouts=stereo", -15],
    // Mono is played on two loudspeakers, which adds 3 LU.
    ["mono", "sine=f=997,volume=-12dB", -18],
  ])("that is quiet is raised to the target loudness: %s", async (name, filter, expected) => {
    expect(loudness(await normalized(`quiet-${name}.mov`, filter))).toBeCloseTo(expected, 0);
  });

  it("that is quiet except for clicks gets louder without peaks above full scale", async () => {
    const clicks =
      "aevalsrc='if(lt(mod(t,1),0.002),0.99*sin(2*PI*3000*t),0.02*(random(0)-0.5))':s=48000:c=mono";
    // True peaks lie between samples, so BS.1770 measures them at four times the sample rate.
    const audio = await normalized("clicks.mov", clicks, 192_000);
    expect(audio.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeLessThan(1);
  });
});
