import type { SourceInfo } from "../../contract/source.ts";

/**
 * Time limit of any task, however long its video: its storage token lives little longer, and at most this much work is
 * lost when a runner dies. Longer work is divided or refused.
 */
export const MAX_TASK_SECONDS = 12.5 * 60;
/** Reading or decoding time planned for one task, with a margin for slow storage and slow cores. */
export const TARGET_TASK_SECONDS = 300;

/** Bytes per second from the storage; 26 to 39 million were measured. */
const READ_BYTES_PER_SECOND = 25_000_000;
/** Speed on a slow core. */
const DECODE_PIXELS_PER_SECOND = 100_000_000;

/** How long reading a whole source takes. Extracting one track of a Matroska file needs the whole file. */
export function readSeconds({ bytes }: Pick<SourceInfo, "bytes">): number {
  return bytes / READ_BYTES_PER_SECOND;
}

/** How long decoding every frame of a source takes, reading included. */
export function decodeSeconds(source: Pick<SourceInfo, "bytes" | "duration" | "video">): number {
  const { codedWidth, codedHeight, frameRate } = source.video;
  const pixels = (codedWidth * codedHeight * source.duration * frameRate.num) / frameRate.den;
  return Math.max(readSeconds(source), pixels / DECODE_PIXELS_PER_SECOND);
}
