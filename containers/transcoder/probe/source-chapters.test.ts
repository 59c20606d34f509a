import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { planSource, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const partTitle = (start: number): string => `Part ${start}`;

/** Plans a generated file of three seconds with chapters at these times. @param starts in milliseconds */
async function planWith(name: string, starts: readonly number[], titleOf = partTitle) {
  const metadata = join(bench.folder, `${name}.txt`);
  const chapters = starts.map(
    (start) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${start + 1}\ntitle=${titleOf(start)}\n`,
  );
  await writeFile(metadata, `;FFMETADATA1\n${chapters.join("")}`);
  const args = [
    ...["-f", "lavfi", "-i", "color=gray:size=64x64:rate=10:duration=3", "-i", metadata],
    ...["-map_metadata", "1", "-c:v", "libx264", "-pix_fmt", "yuv420p"],
    join(bench.folder, name),
  ];
  // That of 2018 cuts long titles.
  await generate(args, bench.tools);
  const { outcome } = await planSource(bench.runner, bench.storage, name, SETTINGS);
  if (outcome.type === "failed" || outcome.result.kind !== "plan")
    throw new Error(`The plan of ${name} failed.`);
  return outcome.result.plan;
}

it.each(["chapters.mkv", "chapters.mp4"])("the plan has the chapters of %s", async (name) => {
  const { chapters } = await planWith(name, [0, 1000, 2000]);
  expect(chapters?.map(({ title }) => title)).toEqual(["Part 0", "Part 1000", "Part 2000"]);
  expect(chapters?.map(({ start }) => Math.round(start))).toEqual([0, 1, 2]);
});

it("a file with thousands of chapters is planned", async () => {
  const starts = Array.from({ length: 4000 }, (_, index) => Math.floor(index / 2));
  const plan = await planWith("many.mkv", starts);
  expect(plan.grid.totalFrames).toBe(30);
  expect(plan.chapters?.length ?? 0).toBeLessThanOrEqual(100);
});

it("a file with a chapter title of megabytes is planned without chapters", async () => {
  const plan = await planWith("long-title.mkv", [0, 1000], () => "x".repeat(2_000_000));
  expect(plan.grid.totalFrames).toBe(30);
  expect(plan.chapters).toBeUndefined();
});
