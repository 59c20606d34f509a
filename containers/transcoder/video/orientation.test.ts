import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  difference,
  generate,
  middleColour,
  probeFile,
  shownFrame,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { LOWEST } from "../../../tests/support/transcoder/pipeline.ts";
import {
  CLOCKWISE,
  boxOf,
  insertBox,
  numberBox,
  SAMPLE_ENTRY,
  setMatrix,
} from "../../../tests/support/transcoder/mp4-edit.ts";
import {
  H264,
  joinLowestRendition,
  planGenerated,
  posterFile,
  transcodeGenerated,
  transcodeLowest,
} from "../../../tests/support/transcoder/video.ts";
import { shownPart } from "../probe/container-track.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const VIDEO = ["-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=1"];

/** Writes the frames of `VIDEO` behind these filters to a file. */
async function reference(name: string, filters: string): Promise<string> {
  const file = join(bench.folder, `${name}.reference.mkv`);
  await generate([...VIDEO, "-vf", filters, "-frames:v", "20", ...H264, file]);
  return file;
}

async function apart(file: string, right: string): Promise<number> {
  const frames = [shownFrame(file, 0.4, 48, 48), shownFrame(right, 0.4, 48, 48)];
  const [shown, expected] = (await Promise.all(frames)) as [Buffer, Buffer];
  return difference(shown, expected);
}

/** A clean aperture of 320x180 in 320x240, `down` pixels below the middle. */
const aperture = (down: number): Buffer => numberBox("clap", 320, 1, 180, 1, 0, 1, down, 1);

/** Turns the display size that ffmpeg wrote into cropping at the bottom and at the top. */
function withPixelCrop(file: Buffer): Buffer {
  const result = Buffer.from(file);
  for (const [display, crop, value] of [
    ["54b0", "54aa", 20],
    ["54ba", "54bb", 40],
  ] as const) {
    const at = result.indexOf(display, 0, "hex");
    result.write(crop, at, "hex");
    // Sizes of one byte have their highest bit set.
    result.writeUIntBE(value, at + 3, result.readUInt8(at + 2) & 0x7f);
  }
  return result;
}

describe("the container's cropping is applied once by every ffmpeg build", () => {
  it.each([
    [
      "clap.mp4",
      (file: Buffer) => insertBox(file, SAMPLE_ENTRY, aperture(10)),
      "crop=320:180:0:40",
    ],
    ["pixel-crop.mkv", withPixelCrop, "crop=320:180:0:40"],
    [
      "clap-turned.mp4",
      (file: Buffer) => setMatrix(insertBox(file, SAMPLE_ENTRY, aperture(-30)), [0, 1, -1, 0]),
      "crop=320:180:0:0,transpose=clock",
    ],
  ])("%s", async (name, change, filters) => {
    // With this aspect ratio, ffmpeg writes a display size.
    const args = [...VIDEO, ...(name.endsWith("mkv") ? ["-vf", "setsar=2"] : []), ...H264];
    const done = await transcodeGenerated(bench, name, args, change, LOWEST);
    const { width, height, rotation } = done.plan.source.video;
    expect([width, height]).toEqual(rotation === 90 ? [180, 320] : [320, 180]);
    const right = await reference(name, filters);
    expect(await apart(await joinLowestRendition(bench, done), right)).toBeLessThan(6);
    const poster = posterFile(bench, done);
    expect((await probeFile(poster)).streams[0]).toMatchObject({ width, height });
  });
});

it.each([
  ["nothing", undefined, undefined],
  [
    "the sides",
    { left: 8, top: 0, width: 1904, height: 1088 },
    { left: 8, top: 0, width: 1904, height: 1080 },
  ],
  ["what the codec crops too", { left: 0, top: 0, width: 1920, height: 1080 }, undefined],
  ["more than the frame", { left: 0, top: 2000, width: 1920, height: 40 }, undefined],
])(
  "cropping by the container (%s) is combined with a codec that crops 1088 lines to 1080",
  (_, crop, shown) => {
    const track = { width: 1920, height: 1088, isEncrypted: false, ...(crop && { crop }) };
    expect(shownPart(track, { width: 1920, height: 1080 })).toEqual(shown);
  },
);

describe("every display matrix is applied, including mirrored ones", () => {
  it.each([
    ["mirrored", [-1, 0, 0, 1], "hflip"],
    ["upside down", [1, 0, 0, -1], "vflip"],
    ["half turned", [-1, 0, 0, -1], "hflip,vflip"],
    ["turned clockwise", CLOCKWISE, "transpose=clock"],
    ["turned counterclockwise", [0, -1, 1, 0], "transpose=cclock"],
    ["transposed", [0, 1, 1, 0], "transpose=cclock_flip"],
    ["transposed the other way", [0, -1, -1, 0], "transpose=clock_flip"],
  ])("%s", async (name, matrix, filters) => {
    const done = await transcodeLowest(bench, `${name}.mp4`, [...VIDEO, ...H264], (file) =>
      setMatrix(file, matrix),
    );
    const output = await joinLowestRendition(bench, done);
    expect(await apart(output, await reference(name, filters))).toBeLessThan(6);
    // If the output had a matrix, it would be applied again.
    expect((await probeFile(output)).streams[0]).not.toHaveProperty("side_data_list");
  });
});

describe("a video that would look wrong is refused", () => {
  const dolbyVision = (profile: number, compatibility: number) => (file: Buffer) =>
    insertBox(
      file,
      SAMPLE_ENTRY,
      boxOf(
        "dvcC",
        Buffer.from([1, 0, profile << 1, 0, compatibility << 4, ...Array<number>(19).fill(0)]),
      ),
    );

  it("Dolby Vision profile 5, whose colours are its own", async () => {
    await expect(
      planGenerated(bench, "profile-5.mp4", [...VIDEO, ...H264], dolbyVision(5, 0)),
    ).rejects.toThrow("dolby_vision_only");
  });

  it("but not profile 8, which is compatible with HLG", async () => {
    const done = await transcodeGenerated(
      bench,
      "profile-8.mp4",
      [...VIDEO, ...H264],
      dolbyVision(8, 4),
    );
    expect(done.plan.grid.totalFrames).toBe(25);
  });

  it("an encrypted file is reported as encrypted", async () => {
    const key = "0123456789abcdef".repeat(2);
    await expect(
      planGenerated(bench, "encrypted.mp4", [
        ...[...VIDEO, ...H264, "-encryption_scheme", "cenc-aes-ctr"],
        ...["-encryption_key", key, "-encryption_kid", key],
      ]),
    ).rejects.toThrow("encrypted_file");
  });
});

describe("HDR", () => {
  const PQ = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc";
  function hdr(range: "tv" | "pc", more = ""): string[] {
    const params = `${PQ}:range=${range === "pc" ? "full" : "limited"}:log-level=error${more}`;
    return [
      ...["-f", "lavfi", "-i", "color=s=320x240:r=25:d=1,format=gbrp"],
      ...["-vf", `geq=r=150:g=60:b=60,scale=out_color_matrix=bt2020:out_range=${range}`],
      ...["-pix_fmt", "yuv420p10le", "-color_range", range, "-colorspace", "bt2020nc"],
      ...["-color_trc", "smpte2084", "-color_primaries", "bt2020"],
      ...["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", params],
    ];
  }

  it("in full range has the colours of limited range", async () => {
    const colours: number[][] = [];
    for (const range of ["tv", "pc"] as const) {
      const done = await transcodeLowest(bench, `${range}.mp4`, hdr(range));
      colours.push(await middleColour(await joinLowestRendition(bench, done)));
    }
    const [limited = [], full = []] = colours;
    limited.forEach((value, channel) =>
      expect(Math.abs(value - (full[channel] ?? 0))).toBeLessThan(6),
    );
  });

  it("with impossible mastering metadata looks like HDR without any", async () => {
    const metadata = ":master-display=G(1,1)B(1,1)R(1,1)WP(1,1)L(100,1):max-cll=65535,1:hdr10=1";
    const colours: number[][] = [];
    for (const [name, more] of [
      ["plain.mp4", ""],
      ["impossible.mp4", metadata],
    ] as const) {
      const done = await transcodeLowest(bench, name, hdr("tv", more));
      const output = await joinLowestRendition(bench, done);
      colours.push(await middleColour(output));
      expect((await probeFile(output)).streams[0]).not.toHaveProperty("side_data_list");
    }
    expect(colours[0]).toEqual(colours[1]);
  });
});
