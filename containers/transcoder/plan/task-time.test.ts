import { expect, test } from "vitest";
import { audioSpecs } from "../../../workers/domain/audio-specs.ts";
import type { AudioRendition } from "../../../workers/contract/transcode.ts";
import {
  COMFORTABLE_SECONDS,
  decodeSeconds,
  readSeconds,
  TASK_SECONDS,
} from "../../../workers/domain/task-time.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { gridFor } from "./plan.ts";

const film = (codedWidth: number, codedHeight: number, duration: number, bytes = 1e6) => {
  const frameRate = { num: 30_000, den: 1001 };
  const video = { codedWidth, codedHeight, frameRate } as Parameters<
    typeof decodeSeconds
  >[0]["video"];
  return { bytes, duration, video };
};

test("reading takes as long as the source is large", () => {
  expect(readSeconds({ bytes: 7.5e9 })).toBe(COMFORTABLE_SECONDS);
});

test.each([
  ["half an hour of 480p", film(854, 480, 1800), true],
  ["seven minutes of 1080p", film(1920, 1080, 420), true],
  ["half an hour of 1080p", film(1920, 1080, 1800), false],
  ["three minutes of 4K", film(3840, 2160, 180), false],
  ["a short film of very many bytes", film(64, 48, 20, 10e9), false],
])("%s is decoded whole for its stills alone: %o", (_, source, expected) => {
  expect(decodeSeconds(source) <= COMFORTABLE_SECONDS).toBe(expected);
});

test.each([
  ["two hours of 7 GB", 7200, 7e9, 1],
  ["two hours of 30 GB", 7200, 30e9, 4],
  ["twelve hours of 10 GB", 12 * 3600, 10e9, 4],
  // No more parts than segments.
  ["eight seconds of a terabyte", 8, 1e12, 1],
])("the sound of %s", (_, duration, bytes, parts) => {
  const source = film(1920, 1080, duration, bytes) as Parameters<typeof audioSpecs>[0];
  const rendition = { codec: "aac", sampleRate: 48_000 } as AudioRendition;
  const grid = gridFor({ num: 25, den: 1 }, duration, 4);
  expect(audioSpecs(source, grid, rendition, SETTINGS)).toHaveLength(parts);
});

test("what is planned for a task leaves it time to spare", () => {
  expect(COMFORTABLE_SECONDS).toBeLessThan(TASK_SECONDS / 2);
});
