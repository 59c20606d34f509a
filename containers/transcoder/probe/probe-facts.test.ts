import { describe, expect, it } from "vitest";
import { FAILURES } from "../../../workers/domain/failures.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { Probed, sourceInfo } from "./probe-facts.ts";

const PICTURE = { index: 0, codec_type: "video", codec_name: "h264", width: 320, height: 240 };

/** What is known of a file of a picture at 25 frames a second and of these streams, as ffprobe prints them. */
const factsOf = (picture: object, ...others: object[]): SourceInfo => {
  const streams = [{ ...PICTURE, ...picture }, ...others].map((stream, index) => ({
    ...stream,
    index,
  }));
  const head = Array.from({ length: 50 }, (_, frame) => frame / 25);
  return sourceInfo(
    Probed.parse({ format: { format_name: "matroska,webm", duration: "2" }, streams }),
    { stretches: [head], last: 1.96, lastDuration: 0.04, soundEnd: 0 },
    1000,
    SETTINGS.limits,
  );
};

describe("the language of a track", () => {
  it.each([
    ["eng", "en"],
    ["pt-br", "pt-BR"],
    ["und", null],
    ["english", null],
    // Of the right letters, but no language tag all the same.
    ["en-ab-cd", null],
    ["en-1a", null],
    ["de-AT-xx", null],
  ])("tagged %s is %s", (language, expected) => {
    const sound = { codec_type: "audio", codec_name: "aac", channels: 2, tags: { language } };
    expect(factsOf({}, sound).audio).toMatchObject([{ language: expected }]);
  });
});

it("a picture is measured as it is shown, too", () => {
  const wide = { width: 1920, height: 1080, sample_aspect_ratio: "19:1" };
  expect(() => factsOf(wide)).toThrow(FAILURES.too_many_pixels.sentence);
});

describe("the frame rate that a site accepts", () => {
  const slowMotion = (rate: number) => () =>
    sourceInfo(
      Probed.parse({ format: { format_name: "mov" }, streams: [PICTURE] }),
      {
        stretches: [Array.from({ length: 120 }, (_, frame) => frame / rate)],
        last: 2,
        lastDuration: 1 / rate,
        soundEnd: 0,
      },
      1000,
      { ...SETTINGS.limits, maxFrameRate: 240 },
    );

  it("has room for a clock that is not exact", () => {
    expect(slowMotion(240.05)).not.toThrow();
  });

  it("ends above that", () => {
    expect(slowMotion(300)).toThrow(FAILURES.frame_rate_too_high.sentence);
  });
});

it("WebM's transparency, a second picture beside an opaque one, is told by a tag", () => {
  const picture = { codec_name: "vp9", pix_fmt: "yuv420p" };
  expect(factsOf({ ...picture, tags: { alpha_mode: "1" } }).video.alpha).toBe(true);
  expect(factsOf({ ...picture, tags: { ALPHA_MODE: "1" } }).video.alpha).toBe(true);
  expect(factsOf(picture).video.alpha).toBe(false);
});

it("a QuickTime file whose beginning stands still has at least the average rate of all its frames", () => {
  const slides = Array.from({ length: 120 }, (_, slide) => slide / 2);
  const rateOf = (format: string) =>
    sourceInfo(
      Probed.parse({
        format: { format_name: format, duration: "100" },
        streams: [{ ...PICTURE, avg_frame_rate: "20/1" }],
      }),
      { stretches: [slides], last: 99, lastDuration: 0.5, soundEnd: 0 },
      1000,
      SETTINGS.limits,
    ).video.frameRate.num / 1000;
  expect(rateOf("mov,mp4")).toBe(20);
  expect(rateOf("matroska,webm")).toBe(2);
});
