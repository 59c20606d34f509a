import { expect, test } from "vitest";
import type { TaskSpec } from "../contract/transcodes.ts";
import {
  afterFailure,
  type Failure,
  isRequired,
  MAX_FAILURES,
  videoFailure,
} from "./task-state.ts";

const temporary: Failure = { code: "encoder_failed", detail: "exit code 1", permanent: false };
const permanent: Failure = {
  code: "not_a_video",
  detail: "This file is not a video.",
  permanent: true,
};

test("a failed task is retried after ever longer waits, and then no more", () => {
  const waits: number[] = [];
  for (let failures = 0; ; failures++) {
    const after = afterFailure(failures, temporary, 1_000_000);
    expect(after.failures).toBe(failures + 1);
    if (after.state === "dead") break;
    waits.push(after.notBefore - 1_000_000);
  }
  expect(waits).toEqual([5000, 20_000, 80_000]);
  expect(waits).toHaveLength(MAX_FAILURES - 1);
});

test("a task is not retried when the source is at fault", () => {
  expect(afterFailure(0, permanent, 0)).toEqual({ state: "dead", failures: 1 });
});

test.each([
  ["plan", "plan", true],
  ["video", "encode", true],
  ["finish", "publish", true],
  ["images", "encode", false],
  ["captions", "encode", false],
  ["video", "extras", false],
  ["download", "extras", false],
  ["finish", "publish-extras", false],
] as const)("a dead %s task of stage %s fails the video: %s", (kind, stage, expected) => {
  expect(isRequired({ stage, spec: { kind } as TaskSpec })).toBe(expected);
});

test("of the audio tracks, only a dead task of the default one fails the video", () => {
  const dead = (isDefault: boolean) =>
    isRequired({ stage: "encode", spec: { kind: "audio", rendition: { isDefault } } as TaskSpec });
  expect([dead(true), dead(false)]).toEqual([true, false]);
});

test("the creator is told what is wrong with the file", () => {
  expect(videoFailure(permanent)).toEqual({
    code: "not_a_video",
    detail: "This file is not a video.",
  });
});

test.each([
  ["task_timeout", /^Processing took longer than allowed\. .*uploaded file is kept/],
  ["encoder_failed", /^The encoder stopped unexpectedly\. .*uploaded file is kept/],
  [
    "source_unreachable",
    /^The uploaded file could not be read from storage\. .*uploaded file is kept/,
  ],
  ["attempt_interrupted", /^Processing was interrupted\. .*uploaded file is kept/],
  ["unknown_code", /^The video could not be processed\. .*uploaded file is kept/],
])(
  "the creator is told what kept failing, without details for the operator: %s",
  (code, sentence) => {
    const ours = videoFailure({ code, detail: "exit code 1", permanent: false });
    expect(ours.code).toBe(code);
    expect(ours.detail).toMatch(sentence);
    expect(ours.detail).not.toContain("exit code");
  },
);
