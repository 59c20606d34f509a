import { readBoxes, requireBox } from "./mp4-boxes.ts";

const hex = (value: number): string => value.toString(16).padStart(2, "0");
const two = (value: number): string => String(value).padStart(2, "0");

/** Size of the fixed part of a sample entry before its child boxes (14496-12, 12.1.3 and 12.2.3). */
const VISUAL_ENTRY = 78;
const AUDIO_ENTRY = 28;

/** Object type and AudioSpecificConfig of an esds (14496-1, 7.2.6): descriptors with variable-length sizes. */
const mp4aCodec = (data: Buffer, start: number, end: number): string => {
  let offset = start + 4;
  const descriptor = (): number => {
    const tag = data.readUInt8(offset);
    offset += 1;
    while (offset < end && (data.readUInt8(offset) & 0x80) !== 0) offset += 1;
    offset += 1;
    return tag;
  };
  if (descriptor() !== 0x03) throw new Error("esds without ES descriptor");
  offset += 3;
  if (descriptor() !== 0x04) throw new Error("esds without decoder configuration");
  const objectType = data.readUInt8(offset);
  offset += 13;
  if (descriptor() !== 0x05) throw new Error("esds without decoder specific info");
  return `mp4a.${hex(objectType)}.${data.readUInt8(offset) >> 3}`;
};

/** AV1 in ISOBMFF 5: av01.P.LLT.DD from av1C. */
const av1Codec = (data: Buffer, offset: number): string => {
  const levels = data.readUInt8(offset + 1);
  const flags = data.readUInt8(offset + 2);
  const depth = (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12;
  return `av01.${levels >> 5}.${two(levels & 0x1f)}${(flags & 0x80) === 0 ? "M" : "H"}.${two(depth)}`;
};

/** VP codec in ISOBMFF: vp09.PP.LL.DD from vpcC, a full box. */
const vp9Codec = (data: Buffer, offset: number): string =>
  `vp09.${two(data.readUInt8(offset + 4))}.${two(data.readUInt8(offset + 5))}.${two(data.readUInt8(offset + 6) >> 4)}`;

/**
 * The RFC 6381 `codecs` value of the first track of an init segment.
 *
 * @throws Error for a sample entry that this encoder never writes
 */
export const codecsOf = (init: Buffer): string => {
  const stsd = requireBox(init, ["moov", "trak", "mdia", "minf", "stbl", "stsd"]);
  const [entry] = readBoxes(init, stsd.body + 8, stsd.end);
  if (entry === undefined) throw new Error("empty stsd");
  const child = (type: string, fixed: number): { body: number; end: number } =>
    requireBox(init, [type], entry.body + fixed, entry.end);
  switch (entry.type) {
    case "avc1": {
      const { body } = child("avcC", VISUAL_ENTRY);
      return `avc1.${hex(init.readUInt8(body + 1))}${hex(init.readUInt8(body + 2))}${hex(init.readUInt8(body + 3))}`;
    }
    case "av01":
      return av1Codec(init, child("av1C", VISUAL_ENTRY).body);
    case "vp09":
      return vp9Codec(init, child("vpcC", VISUAL_ENTRY).body);
    case "mp4a": {
      const esds = child("esds", AUDIO_ENTRY);
      return mp4aCodec(init, esds.body, esds.end);
    }
    case "Opus":
      return "opus";
    default:
      throw new Error(`unknown sample entry ${entry.type}`);
  }
};

/** Ticks a second of the first track. */
export const timescaleOf = (init: Buffer): number => {
  const mdhd = requireBox(init, ["moov", "trak", "mdia", "mdhd"]);
  return init.readUInt32BE(mdhd.body + (init.readUInt8(mdhd.body) === 1 ? 20 : 12));
};
