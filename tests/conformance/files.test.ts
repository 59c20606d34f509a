import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import HLS from "hls-parser";
import type { MasterPlaylist, MediaPlaylist, Variant } from "hls-parser/types";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parseCaptionSegmentPath } from "../../workers/domain/captions/caption-segments.ts";
import { tools } from "../support/conformance/encode-video.ts";

const run = promisify(execFile);
const { folder, publication } = inject("video");
const { grid } = publication;
const playlists = join(folder, publication.videoId, "1", "p1");
const read = (name: string): Promise<string> => readFile(join(playlists, name), "utf8");
const mediaPlaylist = async (name: string): Promise<MediaPlaylist> =>
  HLS.parse(await read(name)) as MediaPlaylist;
const multivariantPlaylist = async (): Promise<MasterPlaylist> =>
  HLS.parse(await read("multivariant.m3u8")) as MasterPlaylist;
const renditions = publication.renditions.map(({ rendition }) => rendition);
const videoRenditions = renditions.filter((rendition) => rendition.type === "video");
/** The start of each codec's RFC 6381 name: its sample entry. */
const SAMPLE_ENTRY = { h264: "avc1.", av1: "av01.", vp9: "vp09." } as const;
/** The packager adds colours to the names of VP9 and AV1: optional fields with their default values. */
const shortCodecs = (codecs: string): string[] =>
  codecs
    .split(",")
    .map((name) => (name.startsWith("avc1") ? name : name.split(".").slice(0, 4).join(".")))
    .toSorted();
const SAMPLES_PER_AAC_FRAME = 1024;
const rate = grid.frameRate.num / grid.frameRate.den;

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(folder, "scratch-"));
  // What a player decodes of a rendition: its init segment and its segments in the order of the playlist.
  for (const { id } of renditions) {
    const { segments } = await mediaPlaylist(`${id}.m3u8`);
    const files = [segments[0]!.map!.uri, ...segments.map(({ uri }) => uri)];
    const chunks = await Promise.all(files.map((uri) => readFile(join(playlists, uri))));
    await writeFile(join(scratch, `${id}.mp4`), Buffer.concat(chunks));
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

test("hls-parser reads every playlist, and every URI in them is a file", async () => {
  const names = (await readdir(playlists)).filter((name) => name.endsWith(".m3u8"));
  expect(names).toHaveLength(
    1 +
      videoRenditions.length * 2 +
      (renditions.length - videoRenditions.length) +
      publication.captions.length,
  );
  for (const name of names) {
    const playlist = HLS.parse(await read(name));
    const uris = playlist.isMasterPlaylist
      ? (playlist as MasterPlaylist).variants.flatMap((variant) => [
          variant.uri,
          ...variant.audio.map(({ uri }) => uri!),
        ])
      : (playlist as MediaPlaylist).segments.flatMap((segment) => [
          segment.uri,
          segment.map?.uri ?? segment.uri,
        ]);
    for (const uri of uris) {
      // Caption segments are made from their track on request.
      const path = parseCaptionSegmentPath(uri)?.track ?? uri;
      expect((await readFile(join(playlists, path))).length).toBeGreaterThan(0);
    }
  }
});

describe("in ffprobe", () => {
  test.each(videoRenditions)(
    "$id has every frame once, a keyframe at each segment start, and the size of its playlist entry",
    async ({ id, codec, width, height }) => {
      const { packets = [], streams } = await probe(
        join(scratch, `${id}.mp4`),
        "-show_entries",
        "packet=pts_time,dts_time,flags:stream=width,height,codec_name",
      );
      const times = packets.map(({ pts_time }) => Number(pts_time)).toSorted((a, b) => a - b);
      expect(times).toHaveLength(grid.totalFrames);
      // Video starts with the audio, although frames are decoded in another order (docs/decisions/472).
      expect(times[0]).toBe(0);
      times.forEach((time, frame) => expect(Math.abs(time - frame / rate)).toBeLessThan(0.002));
      const keyframes = packets
        .filter(({ flags }) => flags!.startsWith("K"))
        .map(({ pts_time }) => Math.round(Number(pts_time) * rate));
      expect(keyframes).toEqual(
        Array.from({ length: grid.segmentCount }, (_, index) => index * grid.framesPerSegment),
      );
      expect(streams).toEqual([expect.objectContaining({ codec_name: codec, width, height })]);
    },
  );

  test.each(renditions.filter(({ type }) => type === "audio"))(
    "$id has no gap and is as long as the video",
    async ({ id }) => {
      const { packets = [] } = await probe(
        join(scratch, `${id}.mp4`),
        "-show_entries",
        "packet=pts_time",
      );
      const times = packets.map(({ pts_time }) => Number(pts_time));
      expect(times[0]).toBe(0);
      for (const [index, time] of times.entries()) {
        expect(Math.abs(time - (index * SAMPLES_PER_AAC_FRAME) / 48_000)).toBeLessThan(0.001);
      }
      const end = (times.length * SAMPLES_PER_AAC_FRAME) / 48_000;
      expect(Math.abs(end - grid.totalFrames / rate)).toBeLessThan(0.05);
    },
  );

  test.each(videoRenditions)(
    "an I-frame of $id decodes from its byte range alone",
    async ({ id }) => {
      const { segments } = await mediaPlaylist(`${id}.iframes.m3u8`);
      for (const { uri, map, byterange } of segments) {
        const { offset, length } = byterange as { offset: number; length: number };
        const bytes = (await readFile(join(playlists, uri))).subarray(offset, offset + length);
        const file = join(scratch, "iframe.mp4");
        await writeFile(file, Buffer.concat([await readFile(join(playlists, map!.uri)), bytes]));
        const { frames } = await probe(file, "-show_entries", "frame=pict_type,key_frame");
        expect(frames).toEqual([expect.objectContaining({ pict_type: "I", key_frame: 1 })]);
      }
    },
  );

  test("ffmpeg's HLS reader counts the same frames in the multivariant playlist", async () => {
    const { streams = [] } = await probe(
      join(playlists, "multivariant.m3u8"),
      "-allowed_extensions",
      "ALL",
      "-count_packets",
      "-select_streams",
      "v",
      "-show_entries",
      "stream=nb_read_packets",
    );
    expect(streams.map(({ nb_read_packets }) => Number(nb_read_packets))).toEqual(
      videoRenditions.map(() => grid.totalFrames),
    );
  });
});

describe("compared with shaka-packager, given the same samples", () => {
  /** The packager's variants by URI. */
  const packagerVariants = new Map<string, Variant>();
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
    for (const variant of parsed.variants) packagerVariants.set(variant.uri, variant);
    mpd = await readFile(join(out, "manifest.mpd"), "utf8");
  });

  /** The packager's boxes differ by a few hundred bytes per segment. */
  const expectClose = (ours: number, other: number): void =>
    expect(Math.abs(ours / other - 1)).toBeLessThan(0.03);

  test.each(videoRenditions)(
    "the variant of $id has the same codecs, size, frame rate and bandwidths",
    async ({ id }) => {
      const ours = (await multivariantPlaylist()).variants.find(({ uri }) => uri === `${id}.m3u8`)!;
      const other = packagerVariants.get(`${id}.m3u8`)!;
      expect(shortCodecs(ours.codecs!)).toEqual(shortCodecs(other.codecs!));
      expect(ours.resolution).toEqual(other.resolution);
      expect(ours.frameRate).toBe(other.frameRate);
      expectClose(ours.bandwidth, other.bandwidth);
      expectClose(ours.averageBandwidth!, other.averageBandwidth!);
    },
  );

  test.each(videoRenditions)(
    "the manifest gives $id the same codec, size and bandwidth",
    async ({ id, codec, height }) => {
      function attributes(xml: string): Record<string, string> {
        const element = [...xml.matchAll(/<Representation [^>]+>/g)]
          .map(([text]) => text)
          .find(
            (text) => text.includes(`height="${height}"`) && text.includes(SAMPLE_ENTRY[codec]),
          )!;
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
