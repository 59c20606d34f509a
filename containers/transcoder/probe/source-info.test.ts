import { describe, expect, it } from "vitest";
import { FAILURES } from "../../../workers/domain/tasks/failures.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { Probed } from "./ffprobe-output.ts";
import { sourceInfo, videoTrackOf } from "./source-info.ts";
import { trackName } from "./track-name.ts";

const DECODERS = new Set(["h264", "aac", "vp8", "vp9"]);
const VIDEO = { index: 0, codec_type: "video", codec_name: "h264", width: 320, height: 240 };

/** The source info of a 25 fps file with these ffprobe descriptions of its video and other streams. */
function infoOf(video: object, ...others: object[]): SourceInfo {
  const streams = [{ ...VIDEO, ...video }, ...others].map((stream, index) => ({
    ...stream,
    index,
  }));
  const stretch = Array.from({ length: 50 }, (_, frame) => frame / 25);
  return sourceInfo(
    Probed.parse({ format: { format_name: "matroska,webm", duration: "2" }, streams }),
    { stretches: [stretch], last: 1.96, lastDuration: 0.04, audioEnd: 0 },
    1000,
    SETTINGS.limits,
    DECODERS,
  );
}

describe("the language of a track", () => {
  it.each([
    ["eng", "en"],
    ["pt-br", "pt-BR"],
    ["und", null],
    ["english", null],
    // Well-formed at first sight, but invalid as language tags.
    ["en-ab-cd", null],
    ["en-1a", null],
    ["de-AT-xx", null],
  ])("tagged %s is %s", (language, expected) => {
    const audio = { codec_type: "audio", codec_name: "aac", channels: 2, tags: { language } };
    expect(infoOf({}, audio).audio).toMatchObject([{ language: expected }]);
  });
});

it.each([
  ["no flag", {}, "English", undefined],
  ["the flag of forced captions", { forced: 1 }, "English", "forced"],
  ["a title of forced captions", {}, "English (Forced)", "forced"],
  ["the flag of captions for people who do not hear", { hearing_impaired: 1 }, "", "captions"],
  ["a title of such captions", {}, "English SDH", "captions"],
])("a caption stream with %s", (_, disposition, title, kind) => {
  const captions = { codec_type: "subtitle", codec_name: "subrip", disposition, tags: { title } };
  expect(infoOf({}, captions).captions.map((stream) => stream.kind)).toEqual([kind]);
});

it.each([
  ["its title", "Commentary", "en", "Commentary"],
  ["what its language calls itself", null, "pt-BR", "português (Brasil)"],
  ["a language that nobody named", null, "qaa", "qaa"],
  ["its number, without a language", null, null, "Track 2"],
  ["its number, if the language is undetermined", "", "und", "Track 2"],
])("a track gets its name from %s", (_, title, language, expected) => {
  expect(trackName(title, language, 1)).toBe(expected);
});

describe("among several video tracks, the chosen one is", () => {
  const small = { width: 320, height: 240, sampledPackets: 250 };
  const large = { width: 1280, height: 720, sampledPackets: 250 };
  const isDefault = { disposition: { default: 1 } };
  const cover = { codec_name: "mjpeg", width: 3000, height: 3000, sampledPackets: 1 };
  it.each([
    ["the largest one", [small, large], 1],
    ["the first one of the same size", [large, large], 0],
    ["the default one, even if it is smaller", [large, { ...small, ...isDefault }], 1],
    [
      "never a cover, even if it is the first, the largest and the default",
      [{ ...cover, ...isDefault }, small],
      1,
    ],
    ["never an attached picture", [{ ...large, disposition: { attached_pic: 1 } }, small], 1],
    ["the moving one of images and one image", [cover, { ...cover, sampledPackets: 250 }], 1],
  ])("%s", (_, tracks, expected) => {
    const streams = tracks.map((track, index) => ({ ...VIDEO, ...track, index }));
    const probed = Probed.parse({ format: { format_name: "matroska,webm" }, streams });
    expect(videoTrackOf(probed).index).toBe(expected);
  });
});

it("the limit on pixels also applies to the display size", () => {
  const wide = { width: 1920, height: 1080, sample_aspect_ratio: "19:1" };
  expect(() => infoOf(wide)).toThrow(FAILURES.too_many_pixels.sentence);
});

describe("the maximum frame rate", () => {
  function slowMotion(rate: number) {
    return () =>
      sourceInfo(
        Probed.parse({ format: { format_name: "mov" }, streams: [VIDEO] }),
        {
          stretches: [Array.from({ length: 120 }, (_, frame) => frame / rate)],
          last: 2,
          lastDuration: 1 / rate,
          audioEnd: 0,
        },
        1000,
        { ...SETTINGS.limits, maxFrameRate: 240 },
        DECODERS,
      );
  }

  it("tolerates an inaccurate clock", () => {
    expect(slowMotion(240.05)).not.toThrow();
  });

  it("rejects a higher rate", () => {
    expect(slowMotion(300)).toThrow(FAILURES.frame_rate_too_high.sentence);
  });
});

it("WebM transparency, stored as a second frame with each opaque one, is recognised by its tag", () => {
  const video = { codec_name: "vp9", pix_fmt: "yuv420p" };
  expect(infoOf({ ...video, tags: { alpha_mode: "1" } }).video.alpha).toBe(true);
  expect(infoOf({ ...video, tags: { ALPHA_MODE: "1" } }).video.alpha).toBe(true);
  expect(infoOf(video).video.alpha).toBe(false);
});

it("a QuickTime file that begins with slides has at least the average frame rate of the whole file", () => {
  const slides = Array.from({ length: 120 }, (_, slide) => slide / 2);
  function rateOf(format: string) {
    return (
      sourceInfo(
        Probed.parse({
          format: { format_name: format, duration: "100" },
          streams: [{ ...VIDEO, avg_frame_rate: "20/1" }],
        }),
        { stretches: [slides], last: 99, lastDuration: 0.5, audioEnd: 0 },
        1000,
        SETTINGS.limits,
        DECODERS,
      ).video.frameRate.num / 1000
    );
  }
  expect(rateOf("mov,mp4")).toBe(20);
  expect(rateOf("matroska,webm")).toBe(2);
});
