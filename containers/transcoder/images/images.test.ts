import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generate, quickTools, startBench } from "../../../tests/support/transcoder/bench.ts";
import { transcode } from "../../../tests/support/transcoder/pipeline.ts";
import { choosePoster, posterScore } from "./poster-choice.ts";
import { layoutStoryboard, storyboardVtt } from "./storyboard.ts";

const WIDTH = 32;
function frame(pixel: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from({ length: WIDTH * 18 }, (_, index) =>
    pixel(index % WIDTH, Math.floor(index / WIDTH)),
  );
}

describe("the poster", () => {
  const house = frame((x, y) => (x > 10 && x < 20 && y > 5 ? 200 : 70 + y));
  const street = frame((x, y) => ((x + y) % 8 < 4 ? 60 : 180));
  const blend = frame((x, y) => ((house[y * WIDTH + x] ?? 0) + (street[y * WIDTH + x] ?? 0)) / 2);

  it.each([
    ["black", frame(() => 16)],
    ["white", frame(() => 235)],
    ["almost black", frame((x) => 16 + (x % 6))],
    ["a cross-fade of two shots", blend],
  ])("is never %s if there is a better frame", (_, worse) => {
    expect(
      choosePoster([worse, worse, street, worse].map((luma) => posterScore(luma, WIDTH))),
    ).toBe(2);
  });

  it("comes from the middle of the video", () => {
    expect(choosePoster([9, 1, 2, 1, 1, 1, 1, 1, 1, 9])).toBe(2);
  });

  it("is the only frame of a video that has one", () => {
    expect(
      choosePoster([
        posterScore(
          frame(() => 16),
          WIDTH,
        ),
      ]),
    ).toBe(0);
  });
});

describe("the storyboard", () => {
  it.each([
    [1, 1, 1],
    [9, 9, 1],
    [60, 30, 2],
    [7200, 100, 72],
  ])("of a video of %i s has %i tiles, %i s apart", (duration, count, intervalSeconds) => {
    expect(layoutStoryboard(duration, { width: 1920, height: 1080 })).toMatchObject({
      count,
      intervalSeconds,
    });
  });

  it("covers every second of the video with a tile inside the sheet", () => {
    const side = fc.integer({ min: 16, max: 4000 });
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50_000, noNaN: true }),
        side,
        side,
        (duration, width, height) => {
          const layout = layoutStoryboard(duration, { width, height });
          expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(layout.count);
          expect((layout.width % 2) + (layout.height % 2)).toBe(0);
          const cues = [
            ...storyboardVtt(layout, duration, "sheet.jpg").matchAll(
              /^(\S+) --> (\S+)\nsheet\.jpg#xywh=(\d+),(\d+),(\d+),(\d+)$/gm,
            ),
          ];
          expect(cues).toHaveLength(layout.count);
          let end = "00:00:00.000";
          for (const [, from, to, x, y, w, h] of cues) {
            expect(from).toBe(end);
            end = to ?? "";
            expect(Number(x) + Number(w)).toBeLessThanOrEqual(layout.columns * layout.width);
            expect(Number(y) + Number(h)).toBeLessThanOrEqual(layout.rows * layout.height);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

it.each([1, 3, 12])("a video of %i frames gets a poster and a storyboard", async (frames) => {
  await using bench = await startBench({ tools: quickTools });
  const file = join(bench.folder, "short.mp4");
  const source = ["-f", "lavfi", "-i", "testsrc=s=128x96:r=25", "-frames:v", String(frames)];
  await generate([...source, "-c:v", "libx264", "-pix_fmt", "yuv420p", file]);
  bench.storage.link("short.mp4", file);
  const outcome = await transcode(bench.runner, bench.storage, "short.mp4");
  expect(outcome).toMatchObject({ type: "done" });
});
