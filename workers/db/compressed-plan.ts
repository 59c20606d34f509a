import { deflateRawSync, inflateRawSync } from "node:zlib";
import { customType } from "drizzle-orm/sqlite-core";
import type { Plan } from "../contract/transcodes.ts";

/**
 * Text that plans repeat: what deflate finds here takes a few bytes instead of a property's whole name. A stored plan can
 * only be read with the dictionary it was written with, so this one never changes; another gets another first byte.
 */
const DICTIONARY = new TextEncoder().encode(
  `"notices":[{"code":"title":null,"language":null,"language":"und","codec":"vp9","codec":"av1","codec":"opus","isDownloadOnly":true,"isCopy":true,"isCopyable":true,"range":"hlg","range":"pq","matrix":"bt2020nc","matrix":"smpte170m","fullRange":true,"mirrored":true,"rotation":90,"interlaced":true,"fieldOrder":"tff","crop":{"left":0,"top":0,"width":1920,"height":1080},"longestSegment":"demuxer":"matroska","isForced":false,"width":3840,"height":2160,"num":24000,"den":1001,"num":30000,"den":1001,"num":60,"den":1,"num":30,"den":1,"num":24,"den":1,` +
    `{"source":{"demuxer":"mov","duration":,"bytes":,"video":{"index":0,"codec":"h264","width":1920,"height":1080,"codedWidth":1920,"codedHeight":1080,"rotation":0,"frameRate":{"num":25,"den":1},"interlaced":false,"alpha":false,"bitDepth":8,"matrix":"bt709","range":"sdr","startTime":0,"endTime":},"audio":[{"index":1,"codec":"aac","channels":2,"sampleRate":48000,"language":"en","title":null,"isDefault":true,"startTime":0}],"captions":[]},"grid":{"frameRate":{"num":25,"den":1},"framesPerSegment":100,"totalFrames":,"segmentCount":},"renditions":[` +
    [
      [426, 240],
      [640, 360],
      [854, 480],
      [1280, 720],
      [1920, 1080],
    ]
      .map(
        ([width, height]) =>
          `{"type":"video","id":"h264-${height}","codec":"h264","width":${width},"height":${height},"pixelAspect":{"num":1,"den":1},"frameRate":{"num":25,"den":1},"crf":23,"maxrate":,"bufsize":},`,
      )
      .join("") +
    `{"type":"audio","id":"audio-0","codec":"aac","streamIndex":1,"channels":2,"sampleRate":48000,"bitrate":128000,"language":"en","name":"English","isDefault":true}],"tasks":[]}`,
);
const FORMAT = 1;

function compress(plan: Plan): Uint8Array {
  const deflated = deflateRawSync(JSON.stringify(plan), { dictionary: DICTIONARY, level: 9 });
  return Uint8Array.from([FORMAT, ...deflated]);
}

function decompress([format, ...deflated]: Uint8Array): Plan {
  if (format !== FORMAT) throw new Error(`A stored plan has the unknown format ${format}.`);
  const json = inflateRawSync(Uint8Array.from(deflated), { dictionary: DICTIONARY });
  return JSON.parse(json.toString()) as Plan;
}

/** Reads a stored plan. D1 returns a blob as a list of numbers. */
export function readStoredPlan(stored: Uint8Array | number[] | string): Plan {
  return typeof stored === "string"
    ? (JSON.parse(stored) as Plan)
    : decompress(Uint8Array.from(stored));
}

/**
 * A plan in about two hundred bytes instead of two kilobytes: every video keeps one permanently
 * (docs/decisions/512-compact-catalogue.md). Plans written before are JSON.
 */
export const compressedPlan = customType<{
  data: Plan;
  driverData: Uint8Array | number[] | string;
}>({
  dataType: () => "text",
  toDriver: compress,
  fromDriver: readStoredPlan,
});
