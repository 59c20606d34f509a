import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../../workers/contract/transcodes.ts";
import {
  type Bench,
  interlacedShare,
  difference,
  generate,
  probeFile,
  shownFrame,
  startBench,
  tools,
} from "../../../tests/support/transcoder/bench.ts";
import { capabilitiesOf } from "../../../tests/support/transcoder/capabilities.ts";
import {
  transcodeGenerated,
  transcodeLowest,
  H264,
  joinLowestRendition,
  joinRendition,
} from "../../../tests/support/transcoder/video.ts";
import { CLOCKWISE, setMatrix } from "../../../tests/support/transcoder/mp4-edit.ts";

const { filters } = await capabilitiesOf(tools);
let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

describe("a video track", () => {
  it.each([
    ["24000/1001", 24_000, 1001, 24],
    ["30000/1001", 30_000, 1001, 30],
    ["50", 50, 1, 50],
    ["60000/1001", 60_000, 1001, 60],
    ["60", 60, 1, 60],
    ["100", 50, 1, 50],
  ])("at %s frames per second is encoded at %i/%i", async (rate, num, den, frames) => {
    const name = `rate-${rate.replace("/", "-")}.mp4`;
    const source = ["-f", "lavfi", "-i", `testsrc=s=64x48:r=${rate}:d=1`];
    const done = await transcodeLowest(bench, name, [...source, ...H264]);
    expect(done.plan.grid.frameRate).toEqual({ num, den });
    expect((await probeFile(await joinLowestRendition(bench, done))).packets).toHaveLength(frames);
  });

  it("that is interlaced is deinterlaced", async () => {
    const comb = "testsrc2=s=320x240:r=50:d=2,interlace=scan=tff:lowpass=0";
    const args = [
      ...["-f", "lavfi", "-i", comb, "-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme"],
      ...["-top", "1"],
    ];
    const done = await transcodeGenerated(
      bench,
      "interlaced.ts",
      args,
      undefined,
      (kind) => kind === "video",
    );
    expect(done.plan.source.video.interlaced).toBe(true);
    expect(done.plan.grid.frameRate).toEqual({ num: 25, den: 1 });
    const { streams, packets } = await probeFile(await joinLowestRendition(bench, done));
    expect(streams).toMatchObject([{ field_order: "progressive" }]);
    expect(packets).toHaveLength(50);
    // Scaling would hide combing, so only the rendition with the source's size shows it.
    expect(await interlacedShare(join(bench.folder, "interlaced.ts"))).toBeGreaterThan(0.9);
    expect(await interlacedShare(await joinRendition(bench, done, "h264-240"))).toBeLessThan(0.3);
  });

  it.each([
    ["alpha.mov", ["-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"]],
    ["alpha.webm", ["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-deadline", "realtime"]],
    ["alpha-vp8.webm", ["-c:v", "libvpx", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0"]],
  ])("with alpha is composited over black: %s", async (name, args) => {
    const alpha =
      "color=c=white:s=64x48:r=25:d=1,format=yuva444p,geq=lum=235:cb=128:cr=128:a='if(lt(X\\,32)\\,255\\,0)'";
    const done = await transcodeLowest(bench, name, ["-f", "lavfi", "-i", alpha, ...args]);
    expect(done.plan.source.video.alpha).toBe(true);
    const shown = await shownFrame(await joinLowestRendition(bench, done), 0.5, 4, 1);
    expect([...shown].map((value) => (value > 200 ? 1 : value < 50 ? 0 : 0.5))).toEqual([
      1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
    ]);
  });

  /** A bright and a dark grey in each transfer function. PQ 0.5 is 92 nits, HLG 0.75 is reference white. */
  it.each([
    ["pq", "smpte2084", 0.5, 0.3],
    ["hlg", "arib-std-b67", 0.75, 0.4],
  ])(
    "in HDR (%s) becomes neither too dark nor too bright",
    async (range, transfer, bright, dark) => {
      // Builds of 2018 write the encoder's options as tags, later builds those of the frames.
      const tags = [
        ...["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"],
      ];
      const tagFilter = `color_primaries=bt2020:color_trc=${transfer}:colorspace=bt2020nc`;
      const grey = `color=c=gray:s=64x48:r=25:d=1,format=yuv422p10le,geq=lum='64+876*if(lt(X\\,32)\\,${bright}\\,${dark})':cb=512:cr=512`;
      const done = await transcodeLowest(bench, `${range}.mov`, [
        ...["-f", "lavfi", "-i", grey, "-vf", `setparams=${tagFilter}`],
        ...["-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", ...tags, "-movflags", "+write_colr"],
      ]);
      expect(done.plan.source.video).toMatchObject({ range, matrix: "bt2020nc", bitDepth: 10 });
      const file = await joinLowestRendition(bench, done);
      expect((await probeFile(file)).streams).toMatchObject([
        { pix_fmt: "yuv420p", color_space: "bt709" },
      ]);
      const shown = await shownFrame(file, 0.5, 4, 1);
      const [left = 0, right = 0] = [shown[0], shown[9]];
      expect(left).toBeGreaterThan(150);
      expect(left).toBeLessThan(250);
      expect(right).toBeGreaterThan(20);
      // A build without zscale can only brighten.
      expect(right).toBeLessThan(left - (filters.has("zscale") ? 60 : 30));
    },
  );

  it("with non-square pixels keeps its aspect ratio", async () => {
    const done = await transcodeLowest(bench, "anamorphic.mp4", [
      ...["-f", "lavfi", "-i", "testsrc=s=160x120:r=25:d=1,setsar=2/1", ...H264],
    ]);
    expect(done.plan.source.video).toMatchObject({ width: 320, height: 120, codedWidth: 160 });
    const video = await joinLowestRendition(bench, done);
    expect((await probeFile(video)).streams).toMatchObject([{ display_aspect_ratio: "8:3" }]);
    const [shown, original] = [
      await shownFrame(video, 0.5, 32, 12),
      await shownFrame(join(bench.folder, "anamorphic.mp4"), 0.5, 32, 12),
    ];
    expect(difference(shown, original)).toBeLessThan(12);
  });

  it.each([
    ["panorama.avi", "testsrc=s=15000x500:r=5:d=0.4", "4096x136"],
    ["flat-pixels.avi", "testsrc=s=1920x1080:r=5:d=0.4,setsar=9/1", "3840x240"],
  ])(
    "wider than decoders support is scaled down in both dimensions: %s",
    async (name, source, size) => {
      const topOf = ({ renditions }: Plan) =>
        renditions.findLast(({ codec }) => codec === "h264")?.id;
      const done = await transcodeGenerated(
        bench,
        name,
        ["-f", "lavfi", "-i", source, "-c:v", "mjpeg"],
        undefined,
        (_, plan, id) => id !== undefined && id === topOf(plan),
      );
      const top = await joinRendition(bench, done, topOf(done.plan) ?? "");
      const { streams } = await probeFile(top);
      expect(streams.map(({ width, height }) => `${String(width)}x${String(height)}`)).toEqual([
        size,
      ]);
    },
  );

  it("with an odd size and rotation keeps its aspect ratio", async () => {
    const upright = join(bench.folder, "upright.mp4");
    await generate([
      ...["-f", "lavfi", "-i", "testsrc=s=321x241:r=25:d=1", ...H264, "-pix_fmt", "yuv444p"],
      upright,
    ]);
    const done = await transcodeLowest(
      bench,
      "rotated.mp4",
      ["-i", upright, "-c", "copy"],
      (file) => setMatrix(file, CLOCKWISE),
    );
    expect(done.plan.source.video).toMatchObject({ width: 241, height: 321, rotation: 90 });
    const [shown, original] = [
      await shownFrame(await joinLowestRendition(bench, done), 0.5, 24, 32),
      await shownFrame(join(bench.folder, "rotated.mp4"), 0.5, 24, 32),
    ];
    expect(difference(shown, original)).toBeLessThan(12);
  });
});
