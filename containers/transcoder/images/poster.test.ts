import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Bench,
  generate,
  shownFrame,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ tools: quickTools });
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** 40 s, red for 13 s and then blue, with one keyframe at the beginning. */
async function makeSource(): Promise<void> {
  const file = join(bench.folder, "two-colours.mp4");
  const colour = (name: string) => `color=c=${name}:s=64x48:r=10`;
  await generate([
    ...["-f", "lavfi", "-t", "13", "-i", colour("red"), "-f", "lavfi", "-t", "27"],
    ...["-i", colour("blue")],
    ...["-filter_complex", "[0][1]concat=n=2"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "1000", "-sc_threshold", "0", file],
  ]);
  bench.storage.link("source", file);
}

it("a chosen poster is the frame at that time, not the keyframe before it", async () => {
  await makeSource();
  const settings = { ...SETTINGS, loudness: false };
  const planned = await runTask(
    bench.runner,
    bench.storage,
    { source: "source" },
    { kind: "plan", settings, remuxed: false },
  );
  if (planned.outcome.type === "failed" || planned.outcome.result.kind !== "plan")
    throw new Error("no plan");
  const { source } = planned.outcome.result.plan;
  const colours: string[] = [];
  for (const posterAt of [5, 12.9, 13.1, 20, 39.99]) {
    const { limits } = SETTINGS;
    const spec = { kind: "images" as const, source, posterAt, limits };
    const { outcome, outputs } = await runTask(
      bench.runner,
      bench.storage,
      { source: "source" },
      spec,
    );
    expect(outcome.type).toBe("done");
    const poster = join(bench.folder, outputs["files"] ?? "", "poster.jpg");
    const [red = 0, , blue = 0] = await shownFrame(poster, 0, 1, 1);
    colours.push(red > blue ? "red" : "blue");
  }
  expect(colours).toEqual(["red", "red", "blue", "blue", "blue"]);
});
