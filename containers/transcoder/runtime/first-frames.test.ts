import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { TaskSpec } from "../../../workers/contract/transcodes.ts";
import {
  type Bench,
  generate,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
let other: Bench;
beforeAll(async () => {
  [bench, other] = await Promise.all([
    startBench({ tools: quickTools }),
    startBench({ tools: quickTools }),
  ]);
  const file = join(bench.folder, "source.mp4");
  await generate([
    ...["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=30"],
    ...["-f", "lavfi", "-i", "sine=f=440:d=30", "-c:v", "libx264", "-preset", "ultrafast"],
    ...["-c:a", "aac", file],
  ]);
  for (const { storage } of [bench, other]) storage.link("source", file);
}, 120_000);
afterAll(() => Promise.all([bench, other].map((one) => one[Symbol.asyncDispose]())));

function run({ runner, storage }: Bench, spec: TaskSpec): ReturnType<typeof runTask> {
  return runTask(runner, storage, { source: "source" }, spec);
}
function audioSegmentsStored({ storage }: Bench): number {
  return storage.requests.filter((line) => /^PUT .*audio-0.*\.m4s/.test(line)).length;
}

it("audio waits after its first segment until the first video frames are stored", async () => {
  // The short segments are enough for audio that would run ahead.
  const settings = { ...SETTINGS, segmentSeconds: 1 };
  const { outcome } = await run(bench, { kind: "plan", settings, remuxed: false });
  if (outcome.type !== "done" || outcome.result.kind !== "plan") throw new Error("no plan");
  const specs = outcome.result.plan.tasks.map(({ spec }) => spec);
  const video = specs.find((spec) => spec.kind === "video");
  const audio = specs.find((spec) => spec.kind === "audio");
  if (video === undefined || audio === undefined) throw new Error("no video or audio task");

  const held = Promise.withResolvers<void>();
  const asked = vi.fn<() => void>();
  bench.storage.waits = (line) => {
    if (!/^PUT .*h264.*00000\.m4s/.test(line)) return undefined;
    asked();
    return held.promise;
  };
  const videoTask = run(bench, video);
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { timeout: 100_000 });
  const audioTask = run(bench, audio);
  await vi.waitFor(() => expect(audioSegmentsStored(bench)).toBeGreaterThan(0), {
    timeout: 100_000,
  });
  // Waits for as long as the same audio takes on a host without video tasks.
  expect((await run(other, audio)).outcome.type).toBe("done");
  expect(audioSegmentsStored(other)).toBeGreaterThan(20);
  expect(audioSegmentsStored(bench)).toBe(1);
  held.resolve();
  for (const { outcome: ended } of await Promise.all([videoTask, audioTask]))
    expect(ended.type).toBe("done");
  expect(audioSegmentsStored(bench)).toBe(audioSegmentsStored(other));
});
