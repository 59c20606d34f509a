import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDownloadOnly } from "../../../workers/domain/downloads.ts";
import {
  type Bench,
  difference,
  joinTrack,
  probeFile,
  shownFrame,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import {
  LOWEST,
  type TranscodeOutcome,
  SETTINGS,
  transcode,
} from "../../../tests/support/transcoder/pipeline.ts";

const MEDIA = join(import.meta.dirname, "../../../../shared/media");

/** Number of frames of the source on the output grid, display size of the top rendition, and whether there is audio. */
const PLAYABLE: Record<
  string,
  { frames: number; top: string; rotation?: number; audio: boolean; captions?: number }
> = {
  "echo-hereweare.webm": { frames: 1337, top: "426x240", audio: true },
  "exo-big-buck-bunny.mp4": { frames: 300, top: "480x360", audio: true },
  "exo-sample.avi": { frames: 98, top: "864x360", audio: true },
  "exo-sample_with_ssa_subtitles.mkv": { frames: 32, top: "1080x720", audio: true, captions: 1 },
  "mb-annex-b-avc.mkv": { frames: 1056, top: "1920x1080", audio: false },
  // Its last seconds have 40 frames per second.
  "mb-cursed-vfr.mp4": { frames: 419, top: "3026x1386", audio: false },
  "mb-rotate-buck-bunny.mp4": { frames: 47, top: "1080x1920", rotation: 90, audio: true },
  "mb-sar_2x1.mp4": { frames: 150, top: "1280x360", audio: false },
  "mb-video-h265.mp4": { frames: 300, top: "1920x1080", audio: true },
  "mb-video.mp4": { frames: 125, top: "1920x1080", audio: true },
  "mediacms-small.mp4": { frames: 816, top: "426x240", audio: true },
  "vhs-bipbop0.flv": { frames: 150, top: "192x144", audio: true },
};
const UNPLAYABLE: Record<string, string> = {
  "moz-no_timescale.mp4": "damaged_file",
};

describe.runIf(existsSync(MEDIA))("sample files of other projects", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  }, 60_000);
  afterAll(() => bench[Symbol.asyncDispose]());

  async function run(name: string): Promise<TranscodeOutcome> {
    bench.storage.link(name, join(MEDIA, name));
    return transcode(bench.runner, bench.storage, name, SETTINGS, LOWEST);
  }

  it.each(Object.entries(UNPLAYABLE))("%s fails with %s", async (name, code) => {
    expect(await run(name)).toMatchObject({ type: "failed", code, task: "plan" });
  });

  it("mb-toothsome-dts.mp4, which has only audio, gets a waveform video of the same duration", async () => {
    const outcome = await run("mb-toothsome-dts.mp4");
    if (outcome.type === "failed") throw new Error(`${outcome.task}: ${outcome.code}`);
    const { plan, tracks } = outcome;
    // The audio lasts 38.507 s.
    const seconds = (plan.grid.totalFrames * plan.grid.frameRate.den) / plan.grid.frameRate.num;
    expect(seconds).toBeGreaterThanOrEqual(38.507);
    expect(seconds).toBeLessThan(38.507 + plan.grid.frameRate.den / plan.grid.frameRate.num);
    expect(Object.keys(tracks)).toContain("audio-0");
  });

  it.each(Object.entries(PLAYABLE))("%s is transcoded completely", async (name, expected) => {
    const outcome = await run(name);
    if (outcome.type === "failed") throw new Error(`${outcome.task}: ${outcome.code}`);
    const { plan, tracks } = outcome;
    const videos = plan.renditions.flatMap((rendition) =>
      rendition.type === "video" && !isDownloadOnly(rendition) ? [rendition] : [],
    );
    const [low, top] = [videos[0], videos.at(-1)];
    expect(`${top?.width}x${top?.height}`).toBe(expected.top);
    expect(plan.source.video.rotation).toBe(expected.rotation ?? 0);
    expect(plan.grid.totalFrames).toBe(expected.frames);

    const video = tracks[low?.id ?? ""];
    if (low === undefined || video === undefined) throw new Error("no video track");
    expect(new Set(video.outputs.map(({ initSha256 }) => initSha256)).size).toBe(1);
    const file = await joinTrack(bench, video, `${name}.video.mp4`);
    const { streams, packets } = await probeFile(file);
    expect(packets).toHaveLength(expected.frames);
    expect(
      new Set(packets.slice(1).map(({ dts }, index) => dts - (packets[index]?.dts ?? 0))).size,
    ).toBeLessThanOrEqual(1);
    const { num, den } = low.pixelAspect;
    expect(streams).toMatchObject([
      {
        codec_name: "h264",
        pix_fmt: "yuv420p",
        width: low.width,
        height: low.height,
        sample_aspect_ratio: `${num}:${den}`,
      },
    ]);

    // A frame looks the same as a player shows it in the source.
    const [width, height] = low.width > low.height ? [32, 18] : [18, 32];
    // Times lie halfway between two frames of the grid, so that rounding cannot pick different ones.
    const at =
      (Math.floor(expected.frames * 0.6) + 0.5) *
      (plan.grid.frameRate.den / plan.grid.frameRate.num);
    const [shown, original] = await Promise.all([
      shownFrame(file, at, width, height),
      shownFrame(join(MEDIA, name), at, width, height),
    ]);
    expect(difference(shown, original)).toBeLessThan(12);

    const audio = tracks["audio-0"];
    expect(audio !== undefined).toBe(expected.audio);
    const seconds = (expected.frames * plan.grid.frameRate.den) / plan.grid.frameRate.num;
    const ticks = (audio?.outputs ?? [])
      .flatMap(({ segments }) => segments)
      .reduce((sum, { duration }) => sum + duration, 0);
    expect(Math.abs(ticks / 48_000 - (expected.audio ? seconds : 0))).toBeLessThan(0.022);
    expect(
      (audio?.outputs ?? []).map(({ codecs, startTicks }) => `${codecs} ${startTicks}`),
    ).toEqual(expected.audio ? ["mp4a.40.2 0"] : []);
    expect(outcome.results["images"]?.outcome).toMatchObject({
      result: { storyboard: "storyboard.vtt", preview: "preview.webp" },
    });
    const captions = outcome.results["captions"]?.outcome;
    expect(
      captions?.type === "done" && captions.result.kind === "captions"
        ? captions.result.tracks.length
        : 0,
    ).toBe(expected.captions ?? 0);
  });
});
