import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { TaskSpec } from "../../../workers/contract/transcode.ts";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
let other: Bench;
beforeAll(async () => {
  [bench, other] = await Promise.all([startBench(), startBench()]);
  const file = join(bench.folder, "film.mp4");
  await generate([
    ...["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=120"],
    ...["-f", "lavfi", "-i", "sine=f=440:d=120", "-c:v", "libx264", "-preset", "ultrafast"],
    ...["-c:a", "aac", file],
  ]);
  for (const { storage } of [bench, other]) storage.link("film", file);
}, 120_000);
afterAll(() => Promise.all([bench, other].map((one) => one[Symbol.asyncDispose]())));

const run = ({ url, storage }: Bench, spec: TaskSpec): ReturnType<typeof runTask> =>
  runTask(url, storage, { source: "film" }, spec);
const soundsStored = ({ storage }: Bench): number =>
  storage.requests.filter((line) => /^PUT .*audio-0.*\.m4s/.test(line)).length;

it("lets sound wait, once its first segment is stored, for the first picture", async () => {
  const { outcome } = await run(bench, { kind: "plan", settings: SETTINGS, remuxed: false });
  if (outcome.type !== "done" || outcome.result.kind !== "plan") throw new Error("no plan");
  const specs = outcome.result.plan.tasks.map(({ spec }) => spec);
  const picture = specs.find((spec) => spec.kind === "video");
  const sound = specs.find((spec) => spec.kind === "audio");
  if (picture === undefined || sound === undefined) throw new Error("no picture or no sound");

  const held = Promise.withResolvers<void>();
  const asked = vi.fn<() => void>();
  bench.storage.waits = (line) => {
    if (!/^PUT .*h264.*00000\.m4s/.test(line)) return undefined;
    asked();
    return held.promise;
  };
  const pictures = run(bench, picture);
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { timeout: 30_000 });
  const sounds = run(bench, sound);
  await vi.waitFor(() => expect(soundsStored(bench)).toBeGreaterThan(0), { timeout: 30_000 });
  // As long as the same sound takes on a machine without pictures.
  expect((await run(other, sound)).outcome.type).toBe("done");
  expect(soundsStored(other)).toBeGreaterThan(20);
  expect(soundsStored(bench)).toBe(1);
  held.resolve();
  for (const { outcome: ended } of await Promise.all([pictures, sounds]))
    expect(ended.type).toBe("done");
  expect(soundsStored(bench)).toBe(soundsStored(other));
});
