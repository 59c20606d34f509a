import type { Readable } from "node:stream";
import { requireBox } from "./mp4-boxes.ts";

/** Far more than any segment, so that a faulty muxer cannot fill the memory. */
const MAX_BOX_BYTES = 256 * 1024 * 1024;

const BOX_HEADER_BYTES = 8;

export interface Fragment {
  type: "init" | "segment";
  bytes: Buffer<ArrayBuffer>;
}

/** Splits the muxer's output into top-level boxes. */
async function* topLevelBoxes(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<{ type: string; bytes: Buffer }> {
  let pending: Buffer[] = [];
  let length = 0;
  let needed = BOX_HEADER_BYTES;
  for await (const chunk of stream) {
    pending.push(chunk);
    length += chunk.length;
    while (length >= needed) {
      const data: Buffer =
        pending.length === 1 && pending[0] !== undefined ? pending[0] : Buffer.concat(pending);
      const size = data.readUInt32BE(0);
      if (size < BOX_HEADER_BYTES || size > MAX_BOX_BYTES)
        throw new Error(`the muxer wrote a box of ${size} bytes`);
      if (length < size) {
        pending = [data];
        needed = size;
        break;
      }
      yield { type: data.toString("latin1", 4, 8), bytes: data.subarray(0, size) };
      const rest = data.subarray(size);
      pending = rest.length === 0 ? [] : [rest];
      length = rest.length;
      needed = BOX_HEADER_BYTES;
    }
  }
}

/** Splits a fragmented MP4 into its init segment (ftyp, moov) and media segments (moof, mdat) while it is written. */
export async function* readFragments(stream: Readable): AsyncGenerator<Fragment> {
  let boxes: Buffer[] = [];
  for await (const { type, bytes } of topLevelBoxes(stream)) {
    if (type === "ftyp" || type === "moov" || type === "moof" || type === "mdat") boxes.push(bytes);
    if (type === "moov" || type === "mdat") {
      yield { type: type === "moov" ? "init" : "segment", bytes: Buffer.concat(boxes) };
      boxes = [];
    }
  }
}

/** Flags of a trun box (ISO/IEC 14496-12, 8.8.8). */
const DATA_OFFSET = 0x1;
const FIRST_SAMPLE_FLAGS = 0x4;
const SAMPLE_DURATION = 0x100;
const SAMPLE_SIZE = 0x200;
const SAMPLE_FLAGS = 0x400;
const SAMPLE_COMPOSITION = 0x800;

/** Sample defaults of a tfhd box (ISO/IEC 14496-12, 8.8.7); absent fields are 0. */
function fragmentDefaults(data: Buffer, body: number): { duration: number; size: number } {
  const flags = data.readUIntBE(body + 1, 3);
  let offset = body + 8;
  function field(bit: number, bytes: number): number {
    if ((flags & bit) === 0) return 0;
    const value = data.readUIntBE(offset + bytes - 4, 4);
    offset += bytes;
    return value;
  }
  field(0x1, 8);
  field(0x2, 4);
  return { duration: field(0x8, 4), size: field(0x10, 4) };
}

export interface FragmentInfo {
  frames: number;
  /** Base media decode time (tfdt), in ticks. */
  start: number;
  /** Duration in ticks. */
  duration: number;
  /** Bytes from the start of the segment to the end of its first sample. */
  firstSampleEnd: number;
}

/**
 * Reads the timing of a media segment. It must consist of one moof with one track, as our encoders write them.
 *
 * @throws Error when a box is missing
 */
export function fragmentInfo(segment: Buffer): FragmentInfo {
  const moof = requireBox(segment, ["moof"]);
  const traf = requireBox(segment, ["traf"], moof.body, moof.end);
  const tfhd = requireBox(segment, ["tfhd"], traf.body, traf.end);
  const tfdt = requireBox(segment, ["tfdt"], traf.body, traf.end);
  const trun = requireBox(segment, ["trun"], traf.body, traf.end);
  const mdat = requireBox(segment, ["mdat"], moof.end);
  const defaults = fragmentDefaults(segment, tfhd.body);
  const start =
    segment.readUInt8(tfdt.body) === 1
      ? Number(segment.readBigUInt64BE(tfdt.body + 4))
      : segment.readUInt32BE(tfdt.body + 4);

  const flags = segment.readUIntBE(trun.body + 1, 3);
  const count = segment.readUInt32BE(trun.body + 4);
  let offset =
    trun.body +
    8 +
    ((flags & DATA_OFFSET) === 0 ? 0 : 4) +
    ((flags & FIRST_SAMPLE_FLAGS) === 0 ? 0 : 4);
  let duration = 0;
  let firstSize = defaults.size;
  for (let sample = 0; sample < count; sample += 1) {
    if ((flags & SAMPLE_DURATION) === 0) duration += defaults.duration;
    else {
      duration += segment.readUInt32BE(offset);
      offset += 4;
    }
    if ((flags & SAMPLE_SIZE) !== 0) {
      if (sample === 0) firstSize = segment.readUInt32BE(offset);
      offset += 4;
    }
    offset += ((flags & SAMPLE_FLAGS) === 0 ? 0 : 4) + ((flags & SAMPLE_COMPOSITION) === 0 ? 0 : 4);
  }
  return { frames: count, start, duration, firstSampleEnd: mdat.body + firstSize };
}
