import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import HLS from "hls-parser";
import type { MasterPlaylist, MediaPlaylist, Variant } from "hls-parser/types";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { tools } from "../support/conformance/encode-video.ts";

const run = promisify(execFile);
const { folder, publication } = inject("video");
const { grid } = publication;
const lists = join(folder, publication.videoId, "1", "p1");
const read = (name: string): Promise<string> => readFile(join(lists, name), "utf8");
const mediaPlaylist = async (name: string): Promise<MediaPlaylist> =>
  HLS.parse(await read(name)) as MediaPlaylist;
const master = async (): Promise<MasterPlaylist> =>
  HLS.parse(await read("multivariant.m3u8")) as MasterPlaylist;
const renditions = publication.renditions.map(({ rendition }) => rendition);
const pictures = renditions.filter((rendition) => rendition.type === "video");
/** The sample entry that each codec's RFC 6381 name begins with. */
const ENTRY = { h264: "avc1.", av1: "av01.", vp9: "vp09." } as const;
/** What the packager adds to our name of VP9 and AV1 is optional: colours, which are the defaults. */
const shortCodecs = (codecs: string): string[] =>
  codecs
    .split(",")
    .map((name) => (name.startsWith("avc1") ? name : name.split(".").slice(0, 4).join(".")))
    .toSorted();
/** Samples. */
const AAC_FRAME = 1024;
const rate = grid.frameRate.num / grid.frameRate.den;

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(folder, "scratch-"));
  // What a player hears and sees of a rendition: its init segment and its segments in the order of the list.
  for (const { id } of renditions) {
    const { segments } = await mediaPlaylist(`${id}.m3u8`);
    const files = [segments[0]!.map!.uri, ...segments.map(({ uri }) => uri)];
    const parts = await Promise.all(files.map((uri) => readFile(join(lists, uri))));
    await writeFile(join(scratch, `${id}.mp4`), Buffer.concat(parts));
  }
});
afterAll(() => rm(scratch, { recursive: true }));

async function probe(
  file: string,
  ...args: string[]
): Promise<Record<string, Record<string, string>[]>> {
  const { stdout } = await run(tools.ffprobe, ["-v", "error", "-of", "json", ...args, file], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as Record<string, Record<string, string>[]>;
}

test("hls-parser reads every playlist, and every address in them is a file", async () => {
  const names = (await readdir(lists)).filter((name) => name.endsWith(".m3u8"));
  expect(names).toHaveLength(
    1 + pictures.length * 2 + (renditions.length - pictures.length) + publication.captions.length,
  );
  for (const name of names) {
    const list = HLS.parse(await read(name));
    const uris = list.isMasterPlaylist
      ? (list as MasterPlaylist).variants.flatMap((variant) => [
          variant.uri,
          ...variant.audio.map(({ uri }) => uri!),
        ])
      : (list as MediaPlaylist).segments.flatMap((segment) => [
          segment.uri,
          segment.map?.uri ?? segment.uri,
        ]);
    for (const uri of uris)
      expect((await readFile(join(dirname(join(lists, name)), uri))).length).toBeGreaterThan(0);
  }
});

describe("by ffprobe", () => {
  test.each(pictures)(
    "$id has every frame once, a keyframe at each segment, and the size it is listed with",
    async ({ id, codec, width, height }) => {
      const { packets = [], streams } = await probe(
        join(scratch, `${id}.mp4`),
        "-show_entries",
        "packet=pts_time,dts_time,flags:stream=width,height,codec_name",
      );
      const times = packets.map(({ pts_time }) => Number(pts_time)).toSorted((a, b) => a - b);
      expect(times).toHaveLength(grid.totalFrames);
      // Our composition offsets are signed, so that the first frame is at 0; ffprobe shifts all of them alike.
      const shift = times[0]!;
      times.forEach((time, frame) =>
        expect(Math.abs(time - shift - frame / rate)).toBeLessThan(0.002),
      );
      const keyframes = packets
        .filter(({ flags }) => flags!.startsWith("K"))
        .map(({ pts_time }) => Math.round((Number(pts_time) - shift) * rate));
      expect(keyframes).toEqual(
        Array.from({ length: grid.segmentCount }, (_, index) => index * grid.framesPerSegment),
      );
      expect(streams).toEqual([expect.objectContaining({ codec_name: codec, width, height })]);
    },
  );

  test.each(renditions.filter(({ type }) => type === "audio"))(
    "$id has no gap and is as long as the picture",
    async ({ id }) => {
      const { packets = [] } = await probe(
        join(scratch, `${id}.mp4`),
        "-show_entries",
        "packet=pts_time",
      );
      const times = packets.map(({ pts_time }) => Number(pts_time));
      expect(times[0]).toBe(0);
      for (const [index, time] of times.entries()) {
        expect(Math.abs(time - (index * AAC_FRAME) / 48_000)).toBeLessThan(0.001);
      }
      const end = (times.length * AAC_FRAME) / 48_000;
      expect(Math.abs(end - grid.totalFrames / rate)).toBeLessThan(0.05);
    },
  );

  test.each(pictures)("an I-frame of $id decodes from its listed bytes alone", async ({ id }) => {
    const { segments } = await mediaPlaylist(`${id}.iframes.m3u8`);
    for (const { uri, map, byterange } of segments) {
      const { offset, length } = byterange as { offset: number; length: number };
      const bytes = (await readFile(join(lists, uri))).subarray(offset, offset + length);
      const file = join(scratch, "iframe.mp4");
      await writeFile(file, Buffer.concat([await readFile(join(lists, map!.uri)), bytes]));
      const { frames } = await probe(file, "-show_entries", "frame=pict_type,key_frame");
      expect(frames).toEqual([expect.objectContaining({ pict_type: "I", key_frame: 1 })]);
    }
  });

  test("ffmpeg's own HLS reader counts the same frames over the master playlist", async () => {
    const { streams = [] } = await probe(
      join(lists, "multivariant.m3u8"),
      "-allowed_extensions",
      "ALL",
      "-count_packets",
      "-select_streams",
      "v",
      "-show_entries",
      "stream=nb_read_packets",
    );
    expect(streams.map(({ nb_read_packets }) => Number(nb_read_packets))).toEqual(
      pictures.map(() => grid.totalFrames),
    );
  });
});

describe("by shaka-packager, given the same samples", () => {
  /** The variant of the packager's master that shows one picture. */
  const theirs = new Map<string, Variant>();
  let mpd = "";

  beforeAll(async () => {
    const packager = join(
      dirname(createRequire(import.meta.url).resolve("shaka-packager/package.json")),
      "bin",
      `packager-linux-${process.arch}`,
    );
    const out = join(scratch, "packager");
    const descriptors = renditions.map(({ id, type }) =>
      [
        `in=${join(scratch, `${id}.mp4`)},stream=${type},init_segment=${join(out, id, "init.mp4")}`,
        `segment_template=${join(out, id, "$Number$.m4s")},playlist_name=${id}.m3u8`,
        ...(type === "audio"
          ? [`hls_group_id=aac,hls_name=${id}`]
          : [`iframe_playlist_name=${id}.iframes.m3u8`]),
      ].join(","),
    );
    const seconds = grid.framesPerSegment / rate;
    await run(packager, [
      ...descriptors,
      `--segment_duration=${seconds}`,
      `--hls_master_playlist_output=${join(out, "multivariant.m3u8")}`,
      `--mpd_output=${join(out, "manifest.mpd")}`,
    ]);
    const parsed = HLS.parse(
      await readFile(join(out, "multivariant.m3u8"), "utf8"),
    ) as MasterPlaylist;
    for (const variant of parsed.variants) theirs.set(variant.uri, variant);
    mpd = await readFile(join(out, "manifest.mpd"), "utf8");
  });

  /** The packager writes the samples into boxes of its own, a few hundred bytes a segment. */
  const expectClose = (ours: number, other: number): void =>
    expect(Math.abs(ours / other - 1)).toBeLessThan(0.03);

  test.each(pictures)(
    "the variant of $id has the same codecs, size, rate and bandwidths",
    async ({ id }) => {
      const ours = (await master()).variants.find(({ uri }) => uri === `${id}.m3u8`)!;
      const other = theirs.get(`${id}.m3u8`)!;
      expect(shortCodecs(ours.codecs!)).toEqual(shortCodecs(other.codecs!));
      expect(ours.resolution).toEqual(other.resolution);
      expect(ours.frameRate).toBe(other.frameRate);
      expectClose(ours.bandwidth, other.bandwidth);
      expectClose(ours.averageBandwidth!, other.averageBandwidth!);
    },
  );

  test.each(pictures)(
    "the manifest gives $id the same codec, size and bandwidth",
    async ({ id, codec, height }) => {
      function attributes(xml: string): Record<string, string> {
        const element = [...xml.matchAll(/<Representation [^>]+>/g)]
          .map(([text]) => text)
          .find((text) => text.includes(`height="${height}"`) && text.includes(ENTRY[codec]))!;
        return Object.fromEntries(
          [...element.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
        );
      }
      const ours = attributes(await read("manifest.mpd"));
      const other = attributes(mpd);
      expect(ours["id"]).toBe(id);
      expect([shortCodecs(ours["codecs"]!), ours["width"], ours["sar"]]).toEqual([
        shortCodecs(other["codecs"]!),
        other["width"],
        other["sar"],
      ]);
      expectClose(Number(ours["bandwidth"]), Number(other["bandwidth"]));
    },
  );
});
