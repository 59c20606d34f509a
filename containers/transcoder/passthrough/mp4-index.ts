import { type Box, readBoxes, requireBox } from "../segments/mp4-boxes.ts";
import { peekInput, type TaskRun } from "../runtime/task-run.ts";
import { readSampleTable, type SampleTable } from "./sample-table.ts";

/** Limit for a file's index, about nine hours of video. It is held in memory while a task runs. */
const MAX_MOOV_BYTES = 24 * 1024 * 1024;
const MAX_TOP_LEVEL_BOXES = 32;
const LONG_HEADER_BYTES = 16;

/** The part of a track that is presented, as its edit list says. Times in seconds. */
export interface Presentation {
  /** Time of the video at which the part starts. */
  start: number;
  /** Where in the track the part starts. */
  mediaStart: number;
  /** Undefined for a track without an edit list, which is presented completely. */
  duration: number | undefined;
}

/** A track of an MP4 or MOV file. */
export interface Mp4Track {
  handler: string;
  timescale: number;
  /** Type of the only sample entry, such as `avc1`, and its bytes without the header. */
  entryType: string;
  entry: Buffer;
  /** Whether the matrix rotates, mirrors or scales the track. */
  isTransformed: boolean;
  presentation: Presentation;
  samples: SampleTable;
}

/** Finds the `moov` box anywhere in the file. */
async function readMoov(run: TaskRun): Promise<Buffer | undefined> {
  let offset = 0;
  for (let boxes = 0; boxes < MAX_TOP_LEVEL_BOXES; boxes += 1) {
    const { bytes, size: fileSize } = await peekInput(run, "source", LONG_HEADER_BYTES, offset);
    if (bytes.length < 8) return undefined;
    const type = bytes.toString("latin1", 4, 8);
    const short = bytes.readUInt32BE(0);
    const isLong = short === 1 && bytes.length >= LONG_HEADER_BYTES;
    const size = isLong ? Number(bytes.readBigUInt64BE(8)) : short;
    // Each fragment has its own index.
    if (type === "moof") return undefined;
    if (type === "moov") {
      if (size > MAX_MOOV_BYTES || offset + size > fileSize) return undefined;
      return (await peekInput(run, "source", size, offset)).bytes;
    }
    if (size < 8 || offset + size >= fileSize) return undefined;
    offset += size;
  }
  return undefined;
}

function optionalBox(data: Buffer, parent: Box, type: string): Box | undefined {
  return [...readBoxes(data, parent.body, parent.end)].find((box) => box.type === type);
}

/** Timescale of an `mvhd` or `mdhd` box. */
function timescaleAt(data: Buffer, box: Box): number {
  return data.readUInt32BE(box.body + (data.readUInt8(box.body) === 1 ? 20 : 12));
}

/** The identity matrix of a `tkhd` box: no rotation, no scaling. */
const IDENTITY = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

function isTransformed(data: Buffer, tkhd: Box): boolean {
  const matrix = tkhd.body + (data.readUInt8(tkhd.body) === 1 ? 52 : 40);
  // The offsets move a track on the canvas, which players ignore.
  return IDENTITY.some(
    (value, index) => index % 3 < 2 && index < 6 && data.readInt32BE(matrix + 4 * index) !== value,
  );
}

/** @returns undefined for an edit list that does more than shift the track and cut its ends */
function presentationOf(
  data: Buffer,
  trak: Box,
  movieTimescale: number,
  timescale: number,
): Presentation | undefined {
  const edts = optionalBox(data, trak, "edts");
  const elst = edts && optionalBox(data, edts, "elst");
  if (elst === undefined) return { start: 0, mediaStart: 0, duration: undefined };
  const isLong = data.readUInt8(elst.body) === 1;
  const count = data.readUInt32BE(elst.body + 4);
  const entryBytes = isLong ? 20 : 12;
  if (count === 0) return { start: 0, mediaStart: 0, duration: undefined };
  if (count > 2) return undefined;
  const entries = Array.from({ length: count }, (_, index) => {
    const offset = elst.body + 8 + index * entryBytes;
    return {
      duration: isLong ? Number(data.readBigUInt64BE(offset)) : data.readUInt32BE(offset),
      mediaTime: isLong ? Number(data.readBigInt64BE(offset + 8)) : data.readInt32BE(offset + 4),
      rate: data.readInt32BE(offset + entryBytes - 4),
    };
  });
  const part = entries.at(-1);
  const delay = count === 2 ? entries[0] : undefined;
  if (part === undefined || part.mediaTime < 0 || part.rate !== 0x10000) return undefined;
  if (delay !== undefined && delay.mediaTime !== -1) return undefined;
  return {
    start: (delay?.duration ?? 0) / movieTimescale,
    mediaStart: part.mediaTime / timescale,
    // 0: until the end of the track.
    duration: part.duration === 0 ? undefined : part.duration / movieTimescale,
  };
}

/** Whether all of the track's data is in this file. A data reference could name another one. */
function isSelfContained(data: Buffer, trak: Box): boolean {
  const dref = requireBox(data, ["mdia", "minf", "dinf", "dref"], trak.body, trak.end);
  return [...readBoxes(data, dref.body + 8, dref.end)].every(
    (reference) => (data.readUInt32BE(reference.body) & 1) === 1,
  );
}

function trackOf(data: Buffer, trak: Box, movieTimescale: number): Mp4Track | undefined {
  function box(...path: string[]): Box {
    return requireBox(data, path, trak.body, trak.end);
  }
  const hdlr = box("mdia", "hdlr");
  const handler = data.toString("latin1", hdlr.body + 8, hdlr.body + 12);
  const timescale = timescaleAt(data, box("mdia", "mdhd"));
  const stsd = box("mdia", "minf", "stbl", "stsd");
  const [entry, ...others] = readBoxes(data, stsd.body + 8, stsd.end);
  const presentation = presentationOf(data, trak, movieTimescale, timescale);
  if (entry === undefined || others.length > 0 || presentation === undefined) return undefined;
  if (timescale === 0 || !isSelfContained(data, trak)) return undefined;
  return {
    handler,
    timescale,
    entryType: entry.type,
    entry: data.subarray(entry.body, entry.end),
    isTransformed: isTransformed(data, box("tkhd")),
    presentation,
    samples: readSampleTable(data, trak),
  };
}

/** Also undefined for a damaged table, from which ffmpeg may still recover frames when it encodes. */
function readTrack(
  data: Buffer,
  trak: Box | undefined,
  movieTimescale: number,
): Mp4Track | undefined {
  try {
    return trak === undefined ? undefined : trackOf(data, trak, movieTimescale);
  } catch {
    return undefined;
  }
}

/**
 * Reads the index of an MP4 or MOV source.
 *
 * @param streams ffmpeg's indexes of the tracks to read, which are the positions of the `trak` boxes
 * @returns the tracks, undefined for each that cannot be copied; empty for a file without a complete index
 */
export async function readMp4Index(
  run: TaskRun,
  streams: readonly number[],
): Promise<(Mp4Track | undefined)[] | undefined> {
  const data = await readMoov(run);
  if (data === undefined) return undefined;
  try {
    const moov = requireBox(data, ["moov"]);
    const children = [...readBoxes(data, moov.body, moov.end)];
    // The samples of a fragmented file are not in this index.
    if (children.some(({ type }) => type === "mvex")) return undefined;
    const movieTimescale = timescaleAt(data, requireBox(data, ["mvhd"], moov.body, moov.end));
    const traks = children.filter(({ type }) => type === "trak");
    return streams.map((stream) => readTrack(data, traks[stream], movieTimescale));
  } catch {
    return undefined;
  }
}
