import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Publication } from "../../../../workers/contract/publications.ts";
import { requireBox } from "../../../../containers/transcoder/segments/mp4-boxes.ts";
import { fragmentInfo } from "../../../../containers/transcoder/segments/fragments.ts";
import {
  cutCaptions,
  parseCaptionSegmentPath,
} from "../../../../workers/domain/captions/caption-segments.ts";
import { renderLive, renderPublication } from "../../../../workers/media/playlists/render.ts";
import { tools } from "../encode-video.ts";

export type AttributeList = Readonly<Record<string, string>>;

/** A tag of the multivariant playlist with the URI that follows it or that it contains. */
export interface ListedPlaylist {
  attributes: AttributeList;
  uri: string;
}

export interface SegmentFacts {
  uri: string;
  seconds: number;
  /** Byte range of the file: [length, offset]. */
  range: [number, number] | undefined;
}

export interface PlaylistFacts {
  name: string;
  body: string;
  targetSeconds: number;
  segments: SegmentFacts[];
  seconds: number;
}

/** What a rendition's files contain. */
export interface TrackFacts {
  id: string;
  type: "video" | "audio";
  codec: string;
  init: Buffer;
  timescale: number;
  /** Decode time and duration in ticks, and size in bytes of each segment. */
  segments: { start: number; duration: number; bytes: Buffer }[];
  /** Presentation times of keyframes in seconds, from the first frame. */
  keyFrames: number[];
  frames: number;
}

/** A published video from the point of view of Apple's authoring specification. */
export interface AppleStream {
  publication: Publication;
  multivariant: string;
  variants: ListedPlaylist[];
  iframeVariants: ListedPlaylist[];
  media: ListedPlaylist[];
  playlists: Map<string, PlaylistFacts>;
  tracks: TrackFacts[];
  /** The first segment of the first caption track. */
  captionSegment: string;
  encrypted: { multivariant: string; media: string };
  event: PlaylistFacts;
}

function attributesOf(line: string): AttributeList {
  const list = line.slice(line.indexOf(":") + 1);
  return Object.fromEntries(
    [...list.matchAll(/([A-Z0-9-]+)=("([^"]*)"|[^,]*)/g)].map(([, name, value, quoted]) => [
      name,
      quoted ?? value ?? "",
    ]),
  );
}

function listed(body: string, tag: string): ListedPlaylist[] {
  const lines = body.split("\n");
  return lines.flatMap((line, index) => {
    if (!line.startsWith(`#${tag}:`)) return [];
    const attributes = attributesOf(line);
    return [{ attributes, uri: attributes["URI"] ?? lines[index + 1] ?? "" }];
  });
}

function factsOf(name: string, body: string): PlaylistFacts {
  const segments: SegmentFacts[] = [];
  let seconds = 0;
  let range: [number, number] | undefined;
  for (const line of body.split("\n")) {
    if (line.startsWith("#EXTINF:")) seconds = Number.parseFloat(line.slice(8));
    const [, length, offset] = /^#EXT-X-BYTERANGE:(\d+)@(\d+)/.exec(line) ?? [];
    if (length !== undefined) range = [Number(length), Number(offset)];
    if (line !== "" && !line.startsWith("#")) {
      segments.push({ uri: line, seconds, range });
      range = undefined;
    }
  }
  const targetSeconds = Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(body)?.[1]);
  return {
    name,
    body,
    targetSeconds,
    segments,
    seconds: segments.reduce((sum, segment) => sum + segment.seconds, 0),
  };
}

/** Joins a rendition into one file and reads its packets with ffprobe. */
async function trackFacts(
  playlists: string,
  { rendition, outputs }: Publication["renditions"][number],
  { segments }: PlaylistFacts,
): Promise<TrackFacts> {
  const init = await readFile(join(playlists, "..", outputs[0]!.folder, "init.mp4"));
  const files = await Promise.all(segments.map(({ uri }) => readFile(join(playlists, uri))));
  const joined = join(playlists, "..", `${rendition.id}.joined.mp4`);
  await writeFile(joined, Buffer.concat([init, ...files]));
  const { stdout } = await promisify(execFile)(
    tools.ffprobe,
    ["-v", "error", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", joined],
    { maxBuffer: 2 ** 26 },
  );
  const packets = stdout
    .split("\n")
    .map((line) => line.split(","))
    .filter(([time]) => time !== undefined && time !== "")
    .map(([time, flags]) => ({ time: Number(time), isKey: flags?.startsWith("K") === true }));
  const start = Math.min(...packets.map(({ time }) => time));
  return {
    id: rendition.id,
    type: rendition.type,
    codec: rendition.codec,
    init,
    timescale: outputs[0]!.timescale,
    segments: files.map((bytes) => ({ ...fragmentInfo(bytes), bytes })),
    keyFrames: packets.filter(({ isKey }) => isKey).map(({ time }) => time - start),
    frames: packets.length,
  };
}

/** @param folder the folder of the version */
export async function readAppleStream(
  folder: string,
  publication: Publication,
): Promise<AppleStream> {
  const rendered = new Map(renderPublication(publication).map(({ name, body }) => [name, body]));
  const multivariant = rendered.get("multivariant.m3u8")!;
  const playlists = new Map(
    [...rendered]
      .filter(([name]) => name.endsWith(".m3u8") && name !== "multivariant.m3u8")
      .map(([name, body]) => [name, factsOf(name, body)] as const),
  );
  const tracks = await Promise.all(
    publication.renditions.flatMap((entry) => {
      const playlist = playlists.get(`${entry.rendition.id}.m3u8`);
      return playlist ? [trackFacts(join(folder, "p1"), entry, playlist)] : [];
    }),
  );
  const subtitles = [...playlists.values()].find(({ name }) => name.startsWith("subs-"))!;
  const segment = parseCaptionSegmentPath(subtitles.segments[0]!.uri)!;
  const encrypted = renderPublication({ ...publication, encrypted: true });
  const first = publication.renditions[0]!.rendition.id;
  return {
    publication,
    multivariant,
    variants: listed(multivariant, "EXT-X-STREAM-INF"),
    iframeVariants: listed(multivariant, "EXT-X-I-FRAME-STREAM-INF"),
    media: listed(multivariant, "EXT-X-MEDIA"),
    playlists,
    tracks,
    captionSegment: cutCaptions(await readFile(join(folder, "p1", segment.track), "utf8"), segment),
    encrypted: {
      multivariant: encrypted.find(({ name }) => name === "multivariant.m3u8")!.body,
      media: encrypted.find(({ name }) => name === `${first}.m3u8`)!.body,
    },
    event: factsOf("event", renderLive({ ...publication, live: true }, `${first}.m3u8`)!.body),
  };
}

/** Profile and level of an H.264 track: [profile_idc, level_idc]. */
export function avcProfile({ init }: TrackFacts): [number, number] {
  const at = init.indexOf("avcC");
  return [init.readUInt8(at + 5), init.readUInt8(at + 7)];
}

/** NAL unit types of the first sample of a segment of H.264 (ISO/IEC 14496-15, four bytes of length each). */
export function firstNalTypes({ bytes }: { bytes: Buffer }): number[] {
  const { firstSampleEnd } = fragmentInfo(bytes);
  const types: number[] = [];
  for (let at = requireBox(bytes, ["mdat"]).body; at < firstSampleEnd;) {
    types.push(bytes.readUInt8(at + 4) & 0x1f);
    at += 4 + bytes.readUInt32BE(at);
  }
  return types;
}
