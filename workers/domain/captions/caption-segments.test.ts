import { expect, test } from "vitest";
import {
  captionSegmentPath,
  captionSegments,
  cutCaptions,
  parseCaptionSegmentPath,
} from "./caption-segments.ts";
import { readCues } from "./cues.ts";

const FILE = `WEBVTT

00:00.500 --> 00:02.000
first &amp; only

00:11.000 --> 00:13.000 align:start
over the border

00:12.000 --> 00:14.000
at the border
`;

test("segments follow each other to the end of the video, on its frames", () => {
  const grid = { frameRate: { num: 30000, den: 1001 }, framesPerSegment: 120, segmentCount: 8 };
  expect(captionSegments({ ...grid, totalFrames: 900 })).toEqual([
    { startMs: 0, endMs: 24_024 },
    { startMs: 24_024, endMs: 30_030 },
  ]);
  expect(captionSegments({ ...grid, totalFrames: 720 })).toEqual([{ startMs: 0, endMs: 24_024 }]);
});

test("a caption segment has the cues shown during it, at their times in the video, with a timestamp map", () => {
  const first = cutCaptions(FILE, { startMs: 0, endMs: 12_000 });
  expect(first.split("\n").slice(0, 3)).toEqual([
    "WEBVTT",
    "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000",
    "",
  ]);
  const { cues } = readCues(FILE);
  expect(readCues(first).cues).toEqual([cues[0], cues[1]]);
  expect(readCues(cutCaptions(FILE, { startMs: 12_000, endMs: 24_000 })).cues).toEqual([
    cues[1],
    cues[2],
  ]);
});

test("a caption segment without cues is a valid file", () => {
  expect(cutCaptions(FILE, { startMs: 24_000, endMs: 48_000 })).toBe(
    "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n",
  );
});

test("the path of a caption segment names its track and its time", () => {
  const path = captionSegmentPath("captions/en.1.vtt", { startMs: 0, endMs: 24_024 });
  expect(path).toBe("captions/en.1/0-24024.vtt");
  expect(parseCaptionSegmentPath(path)).toEqual({
    track: "captions/en.1.vtt",
    startMs: 0,
    endMs: 24_024,
  });
  expect(parseCaptionSegmentPath("captions/en.1.vtt")).toBeNull();
});
