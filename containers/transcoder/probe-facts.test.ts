import { describe, expect, it } from "vitest";
import type { SourceInfo } from "../../workers/contract/transcode.ts";
import { SETTINGS } from "../testing/pipeline.ts";
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
    { head, last: 1.96, lastDuration: 0.04, soundEnd: 0 },
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
