import { type Box, readBoxes, requireBox } from "../segments/mp4-boxes.ts";

/** The samples of one track of an MP4 or MOV file, in decoding order. */
export interface SampleTable {
  count: number;
  /** Position of each sample in the file. */
  offsets: Float64Array;
  sizes: Uint32Array;
  /** Presentation times in ticks of the track's timescale, before its edit list. */
  times: Float64Array;
  durations: Uint32Array;
  isSync: Uint8Array;
}

/** About nine hours of video at 30 frames per second. The table of a track takes about 30 bytes per sample. */
const MAX_SAMPLES = 1_000_000;

/** Reads unsigned 32-bit fields of a full box's payload. Reading past its end is an error. */
function fieldReader(data: Buffer, box: Box, firstField = 1): (index: number) => number {
  return (index) => {
    const offset = box.body + 4 * (firstField + index);
    if (offset + 4 > box.end) throw new Error(`the ${box.type} box is too short`);
    return data.readUInt32BE(offset);
  };
}

/** Fills an array from runs of equal values (stts, ctts). */
function expandRuns(
  data: Buffer,
  box: Box,
  count: number,
  set: (sample: number, value: number) => void,
): void {
  const field = fieldReader(data, box);
  const entries = field(0);
  let sample = 0;
  for (let entry = 0; entry < entries && sample < count; entry += 1) {
    const end = Math.min(count, sample + field(1 + 2 * entry));
    const value = field(2 + 2 * entry);
    for (; sample < end; sample += 1) set(sample, value);
  }
  if (sample < count) throw new Error(`the ${box.type} box has too few entries`);
}

function sizesOf(data: Buffer, stbl: ReadonlyMap<string, Box>): Uint32Array {
  const box = childOf(stbl, "stsz");
  const field = fieldReader(data, box);
  const [size, count] = [field(0), field(1)];
  if (count > MAX_SAMPLES) throw new Error(`${count} samples`);
  const sizes = new Uint32Array(count);
  for (let sample = 0; sample < count; sample += 1)
    sizes[sample] = size === 0 ? field(2 + sample) : size;
  return sizes;
}

/** Chunk offsets (stco, co64) and the samples per chunk (stsc) give each sample's position in the file. */
function offsetsOf(data: Buffer, stbl: ReadonlyMap<string, Box>, sizes: Uint32Array): Float64Array {
  const wide = stbl.get("co64");
  const chunkBox = wide ?? childOf(stbl, "stco");
  const chunkField = fieldReader(data, chunkBox);
  const chunkCount = chunkField(0);
  function chunkOffset(chunk: number): number {
    return wide === undefined
      ? chunkField(1 + chunk)
      : chunkField(1 + 2 * chunk) * 2 ** 32 + chunkField(2 + 2 * chunk);
  }
  const runField = fieldReader(data, childOf(stbl, "stsc"));
  const runs = runField(0);
  const offsets = new Float64Array(sizes.length);
  let sample = 0;
  let chunk = 0;
  for (let run = 0; run < runs && sample < sizes.length; run += 1) {
    const perChunk = runField(2 + 3 * run);
    if (runField(3 + 3 * run) !== 1) throw new Error("more than one sample description");
    const nextRun = run + 1 < runs ? runField(1 + 3 * (run + 1)) - 1 : chunkCount;
    for (; chunk < Math.min(nextRun, chunkCount) && sample < sizes.length; chunk += 1) {
      let offset = chunkOffset(chunk);
      const end = Math.min(sizes.length, sample + perChunk);
      for (; sample < end; sample += 1) {
        offsets[sample] = offset;
        offset += sizes[sample] ?? 0;
      }
    }
  }
  if (sample < sizes.length) throw new Error("the stsc box has too few samples");
  return offsets;
}

function childOf(boxes: ReadonlyMap<string, Box>, type: string): Box {
  const box = boxes.get(type);
  if (box === undefined) throw new Error(`no ${type} box`);
  return box;
}

/**
 * Reads the sample table of a track (ISO/IEC 14496-12, 8.5 to 8.7).
 *
 * @param trak a `trak` box in `data`
 * @throws Error when the table is damaged, incomplete or too long
 */
export function readSampleTable(data: Buffer, trak: Box): SampleTable {
  const box = requireBox(data, ["mdia", "minf", "stbl"], trak.body, trak.end);
  const stbl = new Map([...readBoxes(data, box.body, box.end)].map((child) => [child.type, child]));
  const sizes = sizesOf(data, stbl);
  const count = sizes.length;
  const durations = new Uint32Array(count);
  const times = new Float64Array(count);
  let time = 0;
  expandRuns(data, childOf(stbl, "stts"), count, (sample, duration) => {
    durations[sample] = duration;
    times[sample] = time;
    time += duration;
  });
  const ctts = stbl.get("ctts");
  if (ctts !== undefined) {
    // Version 0 has unsigned offsets, but writers store negative ones in it as well.
    expandRuns(data, ctts, count, (sample, offset) => {
      times[sample] = (times[sample] ?? 0) + (offset | 0);
    });
  }
  const stss = stbl.get("stss");
  const isSync = new Uint8Array(count).fill(stss === undefined ? 1 : 0);
  if (stss !== undefined) {
    const field = fieldReader(data, stss);
    const entries = field(0);
    for (let entry = 0; entry < entries; entry += 1) {
      const sample = field(1 + entry) - 1;
      if (sample >= 0 && sample < count) isSync[sample] = 1;
    }
  }
  return { count, sizes, offsets: offsetsOf(data, stbl, sizes), durations, times, isSync };
}
