/** Writes fragmented MP4 (ISO/IEC 14496-12) in the form in which ffmpeg writes our encoded renditions. */

/** Writes integers one after another. */
function uint(bytes: number, ...values: number[]): Buffer {
  const buffer = Buffer.alloc(bytes * values.length);
  for (const [index, value] of values.entries()) buffer.writeUIntBE(value, index * bytes, bytes);
  return buffer;
}

function box(type: string, ...children: Buffer[]): Buffer {
  const size = 8 + children.reduce((sum, child) => sum + child.length, 0);
  return Buffer.concat([uint(4, size), Buffer.from(type, "latin1"), ...children]);
}

function fullBox(type: string, version: number, flags: number, ...children: Buffer[]): Buffer {
  return box(type, uint(1, version), uint(3, flags), ...children);
}

/** A descriptor of an esds box (ISO/IEC 14496-1, 7.2.6). */
function descriptor(tag: number, ...children: Buffer[]): Buffer {
  const payload = Buffer.concat(children);
  return Buffer.concat([uint(1, tag, payload.length), payload]);
}

/** The description of the track in the init segment. */
export type TrackDescription = { timescale: number } & (
  | { type: "video"; width: number; height: number; configuration: Buffer }
  | { type: "audio"; sampleRate: number; channels: number; configuration: Buffer }
);

const TRACK_ID = 1;
const MATRIX = uint(4, 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** `und`, as three letters of five bits. */
const UNDETERMINED_LANGUAGE = 0x55c4;
/** 72 dots per inch. */
const RESOLUTION = uint(4, 0x480000, 0x480000);
const OBJECT_TYPE_AAC = 0x40;
/** Stream type audio, upstream 0, reserved 1. */
const AUDIO_STREAM = 0x15;

function sampleEntry(track: TrackDescription): Buffer {
  const head = [uint(2, 0, 0, 0), uint(2, 1)];
  if (track.type === "video")
    return box(
      "avc1",
      ...head,
      Buffer.alloc(16),
      uint(2, track.width, track.height),
      RESOLUTION,
      uint(4, 0),
      uint(2, 1),
      Buffer.alloc(32),
      uint(2, 0x18, 0xffff),
      box("avcC", track.configuration),
    );
  const decoder = descriptor(
    0x04,
    uint(1, OBJECT_TYPE_AAC, AUDIO_STREAM),
    uint(3, 0),
    uint(4, 0, 0),
    descriptor(0x05, track.configuration),
  );
  return box(
    "mp4a",
    ...head,
    uint(4, 0, 0),
    uint(2, track.channels, 16),
    uint(4, 0),
    uint(4, track.sampleRate * 0x10000),
    fullBox(
      "esds",
      0,
      0,
      descriptor(0x03, uint(2, TRACK_ID), uint(1, 0), decoder, descriptor(0x06, uint(1, 2))),
    ),
  );
}

/** The init segment of a track. */
export function writeInit(track: TrackDescription): Buffer<ArrayBuffer> {
  const isVideo = track.type === "video";
  const [width, height] = isVideo ? [track.width, track.height] : [0, 0];
  const media = isVideo
    ? fullBox("vmhd", 0, 1, Buffer.alloc(8))
    : fullBox("smhd", 0, 0, Buffer.alloc(4));
  const handler = isVideo ? "vide" : "soun";
  const name = isVideo ? "VideoHandler\0" : "SoundHandler\0";
  const tables = [
    fullBox("stsd", 0, 0, uint(4, 1), sampleEntry(track)),
    fullBox("stts", 0, 0, uint(4, 0)),
    fullBox("stsc", 0, 0, uint(4, 0)),
    fullBox("stsz", 0, 0, uint(4, 0, 0)),
    fullBox("stco", 0, 0, uint(4, 0)),
  ];
  const trak = box(
    "trak",
    fullBox(
      "tkhd",
      0,
      3,
      uint(4, 0, 0, TRACK_ID, 0, 0, 0, 0),
      uint(2, 0, isVideo ? 0 : 1, isVideo ? 0 : 0x100, 0),
      MATRIX,
      uint(4, width * 0x10000, height * 0x10000),
    ),
    box(
      "mdia",
      fullBox("mdhd", 0, 0, uint(4, 0, 0, track.timescale, 0), uint(2, UNDETERMINED_LANGUAGE, 0)),
      fullBox("hdlr", 0, 0, uint(4, 0), Buffer.from(handler), Buffer.alloc(12), Buffer.from(name)),
      box(
        "minf",
        media,
        box("dinf", fullBox("dref", 0, 0, uint(4, 1), fullBox("url ", 0, 1))),
        box("stbl", ...tables),
      ),
    ),
  );
  const mvhd = fullBox(
    "mvhd",
    0,
    0,
    uint(4, 0, 0, 1000, 0, 0x10000),
    uint(2, 0x100, 0),
    Buffer.alloc(8),
    MATRIX,
    Buffer.alloc(24),
    uint(4, TRACK_ID + 1),
  );
  const mvex = box("mvex", fullBox("trex", 0, 0, uint(4, TRACK_ID, 1, 0, 0, 0)));
  return Buffer.concat([
    box("ftyp", Buffer.from("iso5"), uint(4, 512), Buffer.from("iso5iso6mp41")),
    box("moov", mvhd, trak, mvex),
  ]);
}

/** One frame of a segment. */
export interface FragmentSample {
  size: number;
  isSync: boolean;
  /** Ticks from its decoding to its presentation, negative before `delayComposition`. */
  compositionOffset: number;
}

/** Sample flags (ISO/IEC 14496-12, 8.8.3.1): independent; dependent, and no sync sample. */
const SYNC_FLAGS = 0x2000000;
const DEPENDENT_FLAGS = 0x1010000;
/** default-base-is-moof, and a default duration. */
const TFHD_FLAGS = 0x20008;
/** Flags for the data offset, and for each sample's size, flags and composition offset. */
const TRUN_FLAGS = 0xe01;

/**
 * A media segment.
 *
 * @param sequence number of the segment, from 1
 * @param start decoding time of the first sample, in ticks
 * @param sampleTicks duration of each sample
 * @param data of all samples, joined
 */
export function writeFragment(
  sequence: number,
  start: number,
  sampleTicks: number,
  samples: readonly FragmentSample[],
  data: Buffer,
): Buffer<ArrayBuffer> {
  const runs = Buffer.alloc(12 * samples.length);
  for (const [index, { size, isSync, compositionOffset }] of samples.entries()) {
    runs.writeUInt32BE(size, 12 * index);
    runs.writeUInt32BE(isSync ? SYNC_FLAGS : DEPENDENT_FLAGS, 12 * index + 4);
    runs.writeInt32BE(compositionOffset, 12 * index + 8);
  }
  const tfdt = Buffer.alloc(8);
  tfdt.writeBigUInt64BE(BigInt(start));
  function moof(dataOffset: number): Buffer {
    return box(
      "moof",
      fullBox("mfhd", 0, 0, uint(4, sequence)),
      box(
        "traf",
        fullBox("tfhd", 0, TFHD_FLAGS, uint(4, TRACK_ID, sampleTicks)),
        fullBox("tfdt", 1, 0, tfdt),
        fullBox("trun", 1, TRUN_FLAGS, uint(4, samples.length, dataOffset), runs),
      ),
    );
  }
  // The data starts after the headers of moof and mdat.
  const header = moof(moof(0).length + 8);
  return Buffer.concat([header, uint(4, 8 + data.length), Buffer.from("mdat"), data]);
}
