import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drain } from "./drain.ts";
import {
  jobContext,
  queuedVideo,
  ScriptedTranscoder,
  stopEverything,
  taskRow,
  videoRow,
  work,
} from "../../tests/support/worker/transcoding.ts";

beforeEach(stopEverything);
afterEach(() => void vi.useRealTimers());

test("a runner that falls silent is told to stop, and its task is queued again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const id = await queuedVideo();
  const onStop = vi.fn<() => void>();
  const transcoder = new ScriptedTranscoder(1).on("plan", async function* (_, signal) {
    yield { type: "progress", ratio: 0.5 };
    signal.addEventListener("abort", onStop);
    // The time limit passes without a report.
    vi.runOnlyPendingTimers();
    signal.throwIfAborted();
  });
  await work(transcoder);
  expect(onStop).toHaveBeenCalled();
  const task = await taskRow(id, "plan");
  expect(task?.interruptions).toBeGreaterThan(0);
  expect(task).toMatchObject({
    state: "queued",
    failures: 0,
    errorCode: "attempt_interrupted",
    errorDetail: expect.stringContaining("silent"),
    runner: null,
  });
});

test("a consumer whose time is up starts no more tasks and wakes another consumer", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(1).on("video", async function* (request) {
    if (request.attempt === 1) vi.setSystemTime(Date.now() + 5 * 60_000);
    yield* ScriptedTranscoder.perform(request);
  });
  const wakeNext = vi.fn<() => Promise<void>>();
  await drain(jobContext(transcoder), wakeNext);
  expect(transcoder.requests.map(({ spec }) => spec.kind)).toEqual(["plan", "video"]);
  expect(wakeNext).toHaveBeenCalledOnce();
  expect((await taskRow(id, "audio")).state).toBe("queued");

  vi.useRealTimers();
  await work(new ScriptedTranscoder(1));
  expect((await videoRow(id)).state).toBe("ready");
});
