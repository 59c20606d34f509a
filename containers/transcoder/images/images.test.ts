import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generate, startBench } from "../../../tests/support/transcoder/bench.ts";
import { transcode } from "../../../tests/support/transcoder/pipeline.ts";
import { choosePoster, stillQuality } from "./poster-choice.ts";
import { layoutStoryboard, storyboardVtt } from "./storyboard.ts";

const WIDTH = 32;
const still = (pixel: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * 18 }, (_, index) =>
    pixel(index % WIDTH, Math.floor(index / WIDTH)),
  );

describe("the poster", () => {
  const house = still((x, y) => (x > 10 && x < 20 && y > 5 ? 200 : 70 + y));
  const street = still((x, y) => ((x + y) % 8 < 4 ? 60 : 180));
  const blend = still((x, y) => ((house[y * WIDTH + x] ?? 0) + (street[y * WIDTH + x] ?? 0)) / 2);

  it.each([
    ["black", still(() => 16)],
    ["white", still(() => 235)],
    ["almost black", still((x) => 16 + (x % 6))],
    ["a blend of two shots", blend],
  ])("is never %s where there is a real picture", (_, worse) => {
    expect(
      choosePoster([worse, worse, street, worse].map((luma) => stillQuality(luma, WIDTH))),
    ).toBe(2);
  });

  it("comes from the inner part of the film", () => {
    expect(choosePoster([9, 1, 2, 1, 1, 1, 1, 1, 1, 9])).toBe(2);
  });

  it("is the only picture of a film that has one", () => {
    expect(
      choosePoster([
        stillQuality(
          still(() => 16),
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
  ])("of %i s has %i tiles, %i s apart", (duration, count, interval) => {
    expect(layoutStoryboard(duration, { width: 1920, height: 1080 })).toMatchObject({
      count,
      interval,
    });
  });

  it("names the tile of every second of the film, inside the sheet", () => {
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

it.each([1, 3, 12])("a film of %i frames has its pictures", async (frames) => {
  await using bench = await startBench();
  const file = join(bench.folder, "short.mp4");
  const picture = ["-f", "lavfi", "-i", "testsrc=s=128x96:r=25", "-frames:v", String(frames)];
  await generate([...picture, "-c:v", "libx264", "-pix_fmt", "yuv420p", file]);
  bench.storage.link("short.mp4", file);
  const film = await transcode(bench.url, bench.storage, "short.mp4");
  expect(film).toMatchObject({ type: "done" });
});
