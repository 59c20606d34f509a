import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  generate,
  middleColour,
  probeFile,
  quickTools,
  samples,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import {
  LOWEST,
  planSource,
  runTask,
  SETTINGS,
} from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf } from "../../../tests/support/transcoder/plan-file.ts";
import {
  type EncodedVideo,
  joinLowestRendition,
  joinRendition,
  transcodeGenerated,
  transcodeWithAudio,
} from "../../../tests/support/transcoder/video.ts";

let bench: Bench;
let quickBench: Bench;
beforeAll(async () => {
  bench = await startBench();
  quickBench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(async () => {
  await quickBench[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const AUDIO = ["-f", "lavfi", "-i", "sine=d=3:r=44100"];

const FORMATS: [name: string, args: string[]][] = [
  ["audio.mp3", ["-c:a", "libmp3lame"]],
  ["audio.m4a", ["-c:a", "aac"]],
  ["audio.wav", ["-c:a", "pcm_s24le"]],
  ["audio.flac", []],
  ["audio.ogg", ["-c:a", "libvorbis"]],
  ["audio.opus", ["-ar", "48000", "-c:a", "libopus"]],
  ["audio.aiff", []],
  ["audio.ac3", []],
  ["audio.wv", []],
  ["audio.tta", []],
  ["audio.aac", ["-c:a", "aac"]],
  ["audio.wma", ["-c:a", "wmav2"]],
  ["audio.mka", ["-c:a", "ac3"]],
  // Of a field recorder: the mix, then a channel for each microphone. No build knows a layout of ten.
  ["recorder.wav", ["-af", "pan=10C|c0=c0|c1=c0", "-c:a", "pcm_s16le"]],
  ["editor.mov", ["-af", "pan=10C|c0=c0|c1=c0", "-c:a", "pcm_s24le"]],
];
/** Every second format is for the packaged ffmpeg, which starts faster, and the others for that of this computer. */
const QUICK_FORMATS = new Set(FORMATS.map(([name]) => name).filter((_, index) => index % 2 === 0));

describe("an audio file becomes a video with its waveform", () => {
  it.each(FORMATS)("%s", async (name, args) => {
    const on = QUICK_FORMATS.has(name) ? quickBench : bench;
    const done = await transcodeGenerated(on, name, [...AUDIO, ...args], undefined, LOWEST);
    expect(done.plan.source.video).toMatchObject({ width: 1280, height: 720 });
    const { num, den } = done.plan.grid.frameRate;
    const frames = await brightness(await joinLowestRendition(on, done));
    expect((frames.length * den) / num).toBeCloseTo(3, 0);
    // The image is neither black nor of one colour, so the waveform is there.
    expect(Math.min(...frames)).toBeGreaterThan(2);
    const heard = await samples(await joinRendition(on, done, "audio-0"));
    expect(heard.length / 48_000).toBeCloseTo(3, 0);
    expect(heard.some((sample) => Math.abs(sample) > 0.05)).toBe(true);
    expect(done.results["images"]?.outcome).toMatchObject({
      result: { poster: "poster-large.jpg" },
    });
  });
});

it("a voice memo in AMR becomes a video of the same duration", async () => {
  const memo = join(bench.folder, "recorded.amr");
  // Frames of 20 ms at 12.2 kb/s: a header byte and 31 bytes of speech (RFC 4867, 5.3).
  const frame = (seed: number) => Buffer.alloc(32, (seed * 37) & 0xff).fill(0x3c, 0, 1);
  const frames = Array.from({ length: 100 }, (_, index) => frame(index));
  await writeFile(memo, Buffer.concat([Buffer.from("#!AMR\n"), ...frames]));
  const done = await transcodeWithAudio(bench, "memo.amr", ["-i", memo, "-c", "copy"]);
  expect(done.plan.source.audio).toMatchObject([{ codec: "amr_nb", sampleRate: 8000 }]);
  const heard = await samples(await joinRendition(bench, done, "audio-0"));
  expect(heard.length / 48_000).toBeCloseTo(2, 1);
});

it.each(["1", "0.2"])("audio of %s s has a waveform too", async (seconds) => {
  const sine = ["-f", "lavfi", "-i", `sine=d=${seconds}:r=22050`];
  const done = await transcodeGenerated(bench, `short-${seconds}.wav`, sine, undefined, LOWEST);
  const frames = await brightness(await joinLowestRendition(bench, done));
  expect(Math.min(...frames)).toBeGreaterThan(2);
});

/** The M4A download of a video, as a file. */
async function downloadM4a({ tracks }: EncodedVideo): Promise<string> {
  const { init = "", segments = [] } = tracks["audio-0"] ?? {};
  const parts = [["audio-0/init", init], ...segments.map((path, at) => [`audio-0/${at}`, path])];
  const { limits } = SETTINGS;
  const spec = { kind: "download" as const, format: "m4a" as const, title: "Song", limits };
  const { outcome, outputs } = await runTask(
    bench.runner,
    bench.storage,
    Object.fromEntries(parts) as Record<string, string>,
    { ...spec, renditions: ["audio-0"] },
  );
  if (outcome.type === "failed") throw new Error(outcome.code);
  return join(bench.folder, outputs["files"] ?? "", "Song.m4a");
}

it.each(["covered.mp3", "covered.m4a", "covered.flac"])(
  "%s shows its cover and can be downloaded as audio-only M4A",
  async (name) => {
    const cover = join(bench.folder, "cover.png");
    const picture = ["-f", "lavfi", "-i", "color=c=0xc82814:s=301x301:d=1", "-frames:v", "1"];
    await generate([...picture, cover]);
    const done = await transcodeWithAudio(bench, name, [
      ...[...AUDIO, "-i", cover, "-map", "0", "-map", "1", "-c:v", "png"],
      ...["-disposition:v", "attached_pic"],
    ]);
    expect(done.plan.source.video).toMatchObject({ width: 300, height: 300 });
    const shown = await joinLowestRendition(bench, done);
    const [red = 0, green = 0, blue = 0] = await middleColour(shown);
    const errors = [red - 200, green - 40, blue - 20].map(Math.abs);
    expect(Math.max(...errors)).toBeLessThan(9);
    const download = await downloadM4a(done);
    expect((await probeFile(download)).streams).toMatchObject([{ codec_name: "aac" }]);
    expect((await samples(download)).length / 48_000).toBeCloseTo(3, 0);
  },
);

it("a deployment may refuse audio files", async () => {
  await generate([...AUDIO, join(bench.folder, "refused.mp3")]);
  const settings = { ...SETTINGS, audioUploads: false };
  const planned = await planSource(bench.runner, bench.storage, "refused.mp3", settings);
  expect(codeOf(planned)).toBe("no_video_stream");
});
