import { expect, test } from "vitest";
import { audioSpecs } from "../../../workers/domain/tasks/audio-specs.ts";
import type { AudioRendition } from "../../../workers/contract/transcodes.ts";
import {
  TARGET_TASK_SECONDS,
  decodeSeconds,
  readSeconds,
  MAX_TASK_SECONDS,
} from "../../../workers/domain/tasks/task-time.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { gridFor } from "./plan.ts";

function sourceOf(codedWidth: number, codedHeight: number, duration: number, bytes = 1e6) {
  const frameRate = { num: 30_000, den: 1001 };
  const video = { codedWidth, codedHeight, frameRate } as Parameters<
    typeof decodeSeconds
  >[0]["video"];
  return { bytes, duration, video };
}

test("reading time is proportional to the size of the source", () => {
  expect(readSeconds({ bytes: 7.5e9 })).toBe(TARGET_TASK_SECONDS);
});

test.each([
  ["half an hour of 480p", sourceOf(854, 480, 1800), true],
  ["seven minutes of 1080p", sourceOf(1920, 1080, 420), true],
  ["half an hour of 1080p", sourceOf(1920, 1080, 1800), false],
  ["three minutes of 4K", sourceOf(3840, 2160, 180), false],
  ["a short but very large video", sourceOf(64, 48, 20, 10e9), false],
])("%s is decoded completely for its images: %o", (_, source, expected) => {
  expect(decodeSeconds(source) <= TARGET_TASK_SECONDS).toBe(expected);
});

test.each([
  ["two hours of 7 GB", 7200, 7e9, 1],
  ["two hours of 30 GB", 7200, 30e9, 4],
  ["twelve hours of 10 GB", 12 * 3600, 10e9, 4],
  // A part contains at least one segment.
  ["eight seconds of a terabyte", 8, 1e12, 1],
])("an audio track of %s is encoded in parts", (_, duration, bytes, parts) => {
  const source = sourceOf(1920, 1080, duration, bytes) as Parameters<typeof audioSpecs>[0];
  const rendition = { codec: "aac", sampleRate: 48_000 } as AudioRendition;
  const grid = gridFor({ num: 25, den: 1 }, duration, 4);
  expect(audioSpecs(source, grid, rendition, SETTINGS)).toHaveLength(parts);
});

test("the planned time of a task leaves a margin", () => {
  expect(TARGET_TASK_SECONDS).toBeLessThan(MAX_TASK_SECONDS / 2);
});
