import { type Box, readBoxes, requireBox } from "./mp4-boxes.ts";

const hexByte = (value: number): string => value.toString(16).padStart(2, "0");
const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** Bytes of a sample entry before its child boxes (ISO/IEC 14496-12, 12.1.3 and 12.2.3). */
export const VISUAL_ENTRY_BYTES = 78;
export const AUDIO_ENTRY_BYTES = 28;

interface DecoderConfig {
  objectType: number;
  /** The AudioSpecificConfig of an MPEG-4 audio track. */
  specificInfo: Buffer;
}

/** Reads an esds box (ISO/IEC 14496-1, 7.2.6), whose descriptors have variable-length sizes. */
function readEsds(data: Buffer, start: number, end: number): DecoderConfig {
  let offset = start + 4;
  function readTag(): { tag: number; length: number } {
    const tag = data.readUInt8(offset);
    let length = 0;
    for (let isLast = false; !isLast && offset < end;) {
      offset += 1;
      const byte = data.readUInt8(offset);
      length = length * 128 + (byte & 0x7f);
      isLast = (byte & 0x80) === 0;
    }
    offset += 1;
    return { tag, length };
  }
  if (readTag().tag !== 0x03) throw new Error("the esds box has no ES descriptor");
  offset += 3;
  if (readTag().tag !== 0x04) throw new Error("the esds box has no decoder configuration");
  const objectType = data.readUInt8(offset);
  offset += 13;
  const { tag, length } = readTag();
  if (tag !== 0x05 || length === 0 || offset + length > end)
    throw new Error("the esds box has no decoder-specific info");
  return { objectType, specificInfo: data.subarray(offset, offset + length) };
}

/** The AudioSpecificConfig in an esds box. */
export function decoderSpecificInfo(data: Buffer, { body, end }: Box): Buffer {
  return readEsds(data, body, end).specificInfo;
}

/** mp4a.OO.A, where A is the audio object type. */
function mp4aCodec(data: Buffer, start: number, end: number): string {
  const { objectType, specificInfo } = readEsds(data, start, end);
  return `mp4a.${hexByte(objectType)}.${specificInfo.readUInt8(0) >> 3}`;
}

/** av01.P.LLT.DD from an av1C box (AV1 Codec ISO Media File Format Binding, 5). */
function av1Codec(data: Buffer, offset: number): string {
  const levels = data.readUInt8(offset + 1);
  const flags = data.readUInt8(offset + 2);
  const depth = (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12;
  return `av01.${levels >> 5}.${twoDigits(levels & 0x1f)}${(flags & 0x80) === 0 ? "M" : "H"}.${twoDigits(depth)}`;
}

/** vp09.PP.LL.DD from a vpcC box (VP Codec ISO Media File Format Binding). */
function vp9Codec(data: Buffer, offset: number): string {
  return `vp09.${twoDigits(data.readUInt8(offset + 4))}.${twoDigits(data.readUInt8(offset + 5))}.${twoDigits(data.readUInt8(offset + 6) >> 4)}`;
}

/**
 * The RFC 6381 `codecs` value of the first track of an init segment.
 *
 * @throws Error for a sample entry that our encoders never write
 */
export function codecsOf(init: Buffer): string {
  const stsd = requireBox(init, ["moov", "trak", "mdia", "minf", "stbl", "stsd"]);
  const [entry] = readBoxes(init, stsd.body + 8, stsd.end);
  if (entry === undefined) throw new Error("the stsd box is empty");
  const { body: start, end } = entry;
  function child(type: string, fixedBytes: number): Box {
    return requireBox(init, [type], start + fixedBytes, end);
  }
  switch (entry.type) {
    case "avc1": {
      const { body } = child("avcC", VISUAL_ENTRY_BYTES);
      return `avc1.${hexByte(init.readUInt8(body + 1))}${hexByte(init.readUInt8(body + 2))}${hexByte(init.readUInt8(body + 3))}`;
    }
    case "av01":
      return av1Codec(init, child("av1C", VISUAL_ENTRY_BYTES).body);
    case "vp09":
      return vp9Codec(init, child("vpcC", VISUAL_ENTRY_BYTES).body);
    case "mp4a": {
      const esds = child("esds", AUDIO_ENTRY_BYTES);
      return mp4aCodec(init, esds.body, esds.end);
    }
    case "Opus":
      return "opus";
    default:
      throw new Error(`unknown sample entry ${entry.type}`);
  }
}

/** Ticks per second of the first track. */
export function timescaleOf(init: Buffer): number {
  const mdhd = requireBox(init, ["moov", "trak", "mdia", "mdhd"]);
  return init.readUInt32BE(mdhd.body + (init.readUInt8(mdhd.body) === 1 ? 20 : 12));
}
