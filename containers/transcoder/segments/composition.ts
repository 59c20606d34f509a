import { requireBox } from "./mp4-boxes.ts";

/**
 * Times of videos whose frames are decoded in another order than they are shown. A frame cannot be shown before it is
 * decoded, so all are shown some frames later than they are decoded; an edit list in the init segment compensates for
 * that delay (ISO/IEC 14496-12, 8.6.6). Decode times start at 0 like the playlist. docs/decisions/472 states which
 * player needs what.
 */

/** Flags of a trun box (ISO/IEC 14496-12, 8.8.8). */
const DATA_OFFSET = 0x1;
const FIRST_SAMPLE_FLAGS = 0x4;
const SAMPLE_FIELDS = [0x100, 0x200, 0x400] as const;
const SAMPLE_COMPOSITION = 0x800;

/** Where the sample fields of a segment's only trun begin, and the size of those before the composition offset. */
function runOf(segment: Buffer) {
  const moof = requireBox(segment, ["moof"]);
  const traf = requireBox(segment, ["traf"], moof.body, moof.end);
  const trun = requireBox(segment, ["trun"], traf.body, traf.end);
  const flags = segment.readUIntBE(trun.body + 1, 3);
  const optional = [DATA_OFFSET, FIRST_SAMPLE_FLAGS].filter((flag) => (flags & flag) !== 0).length;
  return {
    parents: [moof, traf, trun],
    trun,
    flags,
    count: segment.readUInt32BE(trun.body + 4),
    samples: trun.body + 8 + 4 * optional,
    fieldBytes: 4 * SAMPLE_FIELDS.filter((field) => (flags & field) !== 0).length,
  };
}

/** The muxer omits composition offsets if all are 0; this adds them as 0. */
function withOffsets(segment: Buffer): Buffer {
  const { parents, trun, flags, count, samples, fieldBytes } = runOf(segment);
  if ((flags & SAMPLE_COMPOSITION) !== 0) return segment;
  const fields = Array.from({ length: count }, (_, index) => {
    const start = samples + index * fieldBytes;
    return [segment.subarray(start, start + fieldBytes), Buffer.alloc(4)];
  });
  const end = samples + count * fieldBytes;
  const result = Buffer.concat([
    segment.subarray(0, samples),
    ...fields.flat(),
    segment.subarray(end),
  ]);
  for (const { start, end: parentEnd } of parents)
    result.writeUInt32BE(parentEnd - start + 4 * count, start);
  result.writeUIntBE(flags | SAMPLE_COMPOSITION, trun.body + 1, 3);
  // The data starts that much later, counted from the moof.
  if ((flags & DATA_OFFSET) !== 0)
    result.writeInt32BE(segment.readInt32BE(trun.body + 8) + 4 * count, trun.body + 8);
  return result;
}

/**
 * Delays all composition offsets of a segment. Afterwards none is negative.
 * @param ticks of the track's timescale
 * @returns the segment, which may have changed in place
 * @throws Error for frames that are reordered further than that
 */
export function delayComposition(written: Buffer, ticks: number): Buffer<ArrayBuffer> {
  const segment = withOffsets(written) as Buffer<ArrayBuffer>;
  const { trun, count, samples, fieldBytes } = runOf(segment);
  // Version 0: offsets are unsigned.
  segment.writeUInt8(0, trun.body);
  for (let index = 0; index < count; index += 1) {
    const offset = samples + index * (fieldBytes + 4) + fieldBytes;
    const delayed = segment.readInt32BE(offset) + ticks;
    if (delayed < 0) throw new Error(`a frame is shown ${-delayed} ticks before it is decoded`);
    segment.writeUInt32BE(delayed, offset);
  }
  return segment;
}

const EDIT_BOX_BYTES = 36;

/** An edit list that skips the given ticks at the start of a track. Duration 0 means all fragments. */
function editBox(ticks: number): Buffer {
  const box = Buffer.alloc(EDIT_BOX_BYTES);
  box.writeUInt32BE(EDIT_BOX_BYTES, 0);
  box.write("edts", 4, "latin1");
  box.writeUInt32BE(EDIT_BOX_BYTES - 8, 8);
  box.write("elst", 12, "latin1");
  box.writeUInt32BE(1, 20);
  box.writeUInt32BE(ticks, 28);
  box.writeUInt32BE(0x10000, 32);
  return box;
}

/** An init segment with an edit list that compensates for a composition delay. */
export function withEditList(init: Buffer, ticks: number): Buffer<ArrayBuffer> {
  const moov = requireBox(init, ["moov"]);
  const trak = requireBox(init, ["trak"], moov.body, moov.end);
  // It comes before the media box, so that a reader knows it in time.
  const { start } = requireBox(init, ["mdia"], trak.body, trak.end);
  const result = Buffer.concat([init.subarray(0, start), editBox(ticks), init.subarray(start)]);
  for (const parent of [moov, trak])
    result.writeUInt32BE(parent.end - parent.start + EDIT_BOX_BYTES, parent.start);
  return result;
}
