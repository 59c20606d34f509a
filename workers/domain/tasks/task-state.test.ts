import { expect, test } from "vitest";
import type { TaskSpec } from "../../contract/transcodes.ts";
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

test("a failed task is retried after ever longer waits, up to a limit", () => {
  const waits: number[] = [];
  for (let failures = 0; ; failures++) {
    const after = afterFailure({ failures, interruptions: 3 }, temporary, 1_000_000);
    expect(after.failures).toBe(failures + 1);
    if (after.state === "dead") break;
    waits.push(after.notBefore - 1_000_000);
  }
  expect(waits).toEqual([5000, 20_000, 80_000]);
  expect(waits).toHaveLength(MAX_FAILURES - 1);
});

test("a task is not retried when the source is at fault", () => {
  const after = afterFailure({ failures: 0, interruptions: 0 }, permanent, 0);
  expect(after).toEqual({ state: "dead", failures: 1, interruptions: 0 });
});

test.each(["lease_expired", "attempt_interrupted", "runner_disk_full", "storage_failed"])(
  "%s is retried without limit and never counts as a failure of the task",
  (code) => {
    const waits: number[] = [];
    for (let interruptions = 0; interruptions < 12; interruptions++) {
      const failure = { code, detail: "", permanent: false };
      const after = afterFailure({ failures: 3, interruptions }, failure, 1_000_000);
      if (after.state === "dead") throw new Error("It was given up.");
      expect(after).toMatchObject({ failures: 3, interruptions: interruptions + 1 });
      waits.push(after.notBefore === 0 ? 0 : (after.notBefore - 1_000_000) / 1000);
    }
    expect(waits).toEqual([0, 5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600]);
  },
);

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

test("among audio tasks, only a dead task of the default track fails the video", () => {
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
