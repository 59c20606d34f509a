import type { SourceInfo } from "../../../workers/contract/source.ts";
import { decodeCaptions } from "../../../workers/domain/captions/caption-encoding.ts";
import {
  type Cue,
  MAX_CAPTION_BYTES,
  readCues,
  writeWebVtt,
} from "../../../workers/domain/captions/cues.ts";
import { sourceInput } from "../probe/source-input.ts";
import { inputUrl, type TaskRun, runFfmpeg } from "../runtime/task-run.ts";

/** Collects a pipe up to the maximum size of captions. @param done gets nothing if it is larger */
export function captionCollector(done: (bytes: Buffer | undefined) => void) {
  return async (stream: AsyncIterable<Buffer>): Promise<void> => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += chunk.length;
      // The rest must still be read, because one process writes all streams.
      if (bytes <= MAX_CAPTION_BYTES) chunks.push(chunk);
    }
    done(bytes <= MAX_CAPTION_BYTES ? Buffer.concat(chunks) : undefined);
  };
}

/**
 * The text in a packet, for each codec whose packets are text. In MP4 it starts with its length and is followed by
 * styles.
 */
const PACKET_TEXT: Readonly<Record<string, (packet: Buffer) => Buffer>> = {
  mov_text: (packet) =>
    packet.length < 2 ? Buffer.alloc(0) : packet.subarray(2, 2 + packet.readUInt16BE(0)),
  subrip: (packet) => packet,
  webvtt: (packet) => packet,
};
export const isPacketText = (codec: string): boolean => Object.hasOwn(PACKET_TEXT, codec);

/** A separator between the texts of packets. It is one byte in every encoding and in no caption. */
const SEPARATOR = "\u001E";

interface CaptionPacket {
  /** Start and duration in seconds. */
  start: number;
  end: number;
  bytes: number;
}

/** Parses ffmpeg's list of packets. */
function parsePackets(list: string): CaptionPacket[] {
  const [, num = 1, den = 1] = (/^#tb 0: (\d+)\/(\d+)/m.exec(list) ?? []).map(Number);
  return [...list.matchAll(/^0, *-?\d+, *(-?\d+), *(\d+), *(\d+),/gm)].map(
    ([, time, duration, bytes]) => ({
      start: (Number(time) * num) / den,
      end: ((Number(time) + Number(duration)) * num) / den,
      bytes: Number(bytes),
    }),
  );
}

const BYTE_ORDER_MARK = /^(?:\xFF\xFE|\xFE\xFF)/;

/** Converts UTF-16 to UTF-8; other text is returned unchanged. */
function withoutUtf16(text: Buffer): Buffer {
  const isUtf16 = text.includes(0) || BYTE_ORDER_MARK.test(text.toString("latin1", 0, 2));
  const decoded = isUtf16 ? decodeCaptions(text) : undefined;
  return decoded === undefined ? text : Buffer.from(decoded);
}

/**
 * The captions of a stream from its packets, in any encoding: ffmpeg drops text that is not UTF-8.
 * @param codec one for which `isPacketText` holds
 * @returns damaged cues as faults
 */
export async function readPacketCues(
  run: TaskRun,
  { demuxer }: SourceInfo,
  { index, language }: { index: number; language: string },
  codec: string,
): Promise<{ cues: Cue[]; faults: string[] }> {
  let contents: Buffer | undefined;
  let list: Buffer | undefined;
  const copied = ["-map", `0:${index}`, "-c:s", "copy", "-f"];
  await runFfmpeg(
    run,
    [
      ...["-copyts", "-start_at_zero", ...sourceInput(inputUrl(run, "source"), demuxer)],
      ...[...copied, "data", "pipe:3", ...copied, "framecrc", "pipe:4"],
    ],
    {
      pipes: [
        captionCollector((bytes) => (contents = bytes)),
        captionCollector((bytes) => (list = bytes)),
      ],
    },
  );
  const packets = parsePackets(list?.toString() ?? "");
  let offset = 0;
  const texts = packets.map(({ bytes }) => {
    const packet = contents?.subarray(offset, offset + bytes) ?? Buffer.alloc(0);
    offset += bytes;
    return withoutUtf16(PACKET_TEXT[codec]?.(packet) ?? packet);
  });
  const joined = Buffer.concat(texts.flatMap((text) => [text, Buffer.from(SEPARATOR)]));
  const decoded = decodeCaptions(joined, language)?.split(SEPARATOR) ?? [];
  const cues = packets.flatMap(({ start, end }, position): Cue[] => {
    const text = decoded[position]?.replace("\uFEFF", "").replaceAll(/\s*\n\s*/g, "\n") ?? "";
    return text.trim() === "" ? [] : [{ start, end, text, settings: "" }];
  });
  return readCues(writeWebVtt(cues));
}
