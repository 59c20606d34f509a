import type { SourceInfo } from "../contract/source.ts";

/** Seconds that the runtime lets a queue consumer run, which waits for its tasks. */
export const CONSUMER_SECONDS = 15 * 60;
/**
 * Seconds that a task may take, whatever its source: the consumer cannot wait longer, so no limit can grow with the
 * film. What would take longer is cut, or not begun.
 */
export const TASK_SECONDS = 12.5 * 60;
/** Seconds of reading or decoding that are planned for one task at most: storages and cores are slow at times. */
export const COMFORTABLE_SECONDS = 300;

/** Bytes a second that come from the storage; 26 to 39 million were measured. */
const READ_RATE = 25_000_000;
/** Pixels a second that a slow core decodes. */
const DECODE_RATE = 100_000_000;

/** Seconds for reading a whole source, as Matroska wants it read whatever is wanted of it. */
export const readSeconds = ({ bytes }: Pick<SourceInfo, "bytes">): number => bytes / READ_RATE;

/** Seconds for decoding every picture of a source, which includes reading it. */
export const decodeSeconds = (source: Pick<SourceInfo, "bytes" | "duration" | "video">): number => {
  const { codedWidth, codedHeight, frameRate } = source.video;
  const pixels = (codedWidth * codedHeight * source.duration * frameRate.num) / frameRate.den;
  return Math.max(readSeconds(source), pixels / DECODE_RATE);
};
