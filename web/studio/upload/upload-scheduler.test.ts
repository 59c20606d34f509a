import { expect, test } from "vitest";
import { UploadScheduler } from "./upload-scheduler.ts";

const FILES = ["a", "b", "c", "d"];

/** A scheduler for two files at once, with four that wait to be sent. */
function scheduled() {
  const scheduler = new UploadScheduler(2);
  scheduler.setOrder(FILES);
  for (const key of FILES) scheduler.join(key);
  return { scheduler, running: () => FILES.filter((key) => scheduler.isRunning(key)).join("") };
}

test("files are sent in the creator's order, a few at a time", () => {
  const { scheduler, running } = scheduled();
  expect(running()).toBe("ab");
  scheduler.setOrder(["a", "b", "d", "c"]);
  expect(running()).toBe("ab");
  scheduler.leave("a");
  expect(running()).toBe("bd");
});

test("a paused file lets the next one start, and waits for its turn when resumed", () => {
  const { scheduler, running } = scheduled();
  scheduler.setPaused("a", true);
  expect(running()).toBe("bc");
  scheduler.setPaused("a", false);
  expect(running()).toBe("bc");
  scheduler.leave("b");
  expect(running()).toBe("ac");
});

test("a file may send when its turn comes, and a pause aborts its requests", async () => {
  const scheduler = new UploadScheduler(1);
  scheduler.join("a");
  const gate = scheduler.join("b");
  expect(gate.signal.aborted).toBe(true);
  scheduler.leave("a");
  await gate.opened;
  const { signal } = gate;
  expect(signal.aborted).toBe(false);
  scheduler.setPaused("b", true);
  expect(signal.aborted).toBe(true);
});

test("a file can be added paused", () => {
  const scheduler = new UploadScheduler(1);
  scheduler.join("a", true);
  expect(scheduler.isRunning("a")).toBe(false);
  scheduler.setPaused("a", false);
  expect(scheduler.isRunning("a")).toBe(true);
});
