import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { RenditionOutput, Segment } from "../../../workers/contract/transcode.ts";
import { codecsOf, timescaleOf } from "./codecs.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { fragmentFacts, readPieces } from "./fragments.ts";
import type { Storage } from "../runtime/storage.ts";

const INIT_NAME = "init.mp4";
const segmentName = (index: number): string => `${String(index).padStart(5, "0")}.m4s`;

/** When the segments of a rendition begin and end, in seconds; none misses it by more than the slack. */
export type Schedule = {
  frameSeconds: number;
  segmentSeconds: number;
  /** End of the last segment that is stored. */
  end: number;
  slack: number;
};

export type SegmentStore = {
  storage: Storage;
  /** Ends in a slash. */
  prefix: string;
  firstSegment: number;
  /** Segments that the encoder makes before the first one to store, as its run-up; none where absent. */
  runUp?: number;
  /** Segments to store; those after them are not. All where absent. */
  segmentCount?: number | undefined;
  contentType: string;
  schedule: Schedule;
  /** Called for every byte count that is about to be stored. */
  meter: (bytes: number) => void;
  /** Called with the cumulative output after each stored segment; while it is at work, the encoder is held back. */
  onSegment?: (output: RenditionOutput) => void | Promise<void>;
};

/**
 * A source that changes its format midway has ffmpeg begin its filters anew, and with them the clock.
 *
 * @throws TaskFailure `changing_format`
 */
const requireTime = (what: string, seconds: number, planned: number, slack: number): void => {
  if (Math.abs(seconds - planned) > slack)
    throw new TaskFailure("changing_format", `${what} at ${seconds} s, not at ${planned} s`);
};

/**
 * Sees to it that all segments came: those of a task that ended without an error can still be too few.
 *
 * @throws TaskFailure `changing_format`
 */
export const requireWholeSegments = (
  { timescale, startTicks, segments }: RenditionOutput,
  { end, slack }: Schedule,
): void => {
  const ticks = segments.reduce((sum, { duration }) => sum + duration, startTicks);
  requireTime("the end", ticks / timescale, end, slack);
};

/**
 * Stores what one muxer writes into a pipe, each segment as soon as it is whole. Nothing touches a disk, and a slow
 * storage holds the encoder back instead of filling one.
 *
 * @returns undefined when not even one segment came
 * @throws TaskFailure `storage_failed`, or `changing_format` before a segment is stored that is not of its time
 */
export const storeSegments = async (
  stream: Readable,
  store: SegmentStore,
): Promise<RenditionOutput | undefined> => {
  const put = async (name: string, bytes: Buffer<ArrayBuffer>): Promise<void> => {
    store.meter(bytes.length);
    await store.storage.put(store.prefix + name, bytes, store.contentType);
  };
  const describe = (bytes: Buffer, firstSampleEnd: number, duration: number): Segment =>
    store.contentType.startsWith("video/")
      ? { duration, bytes: bytes.length, keyframe: [0, firstSampleEnd] }
      : { duration, bytes: bytes.length };
  let output: RenditionOutput | undefined;
  let received = 0;
  let toSkip = store.runUp ?? 0;
  // One object is on its way while the next one is being encoded; its failure is thrown where it is awaited.
  let sending = Promise.resolve();
  const send = async (work: () => Promise<void>): Promise<void> => {
    await sending;
    sending = work();
    sending.catch(() => undefined);
  };
  for await (const { type, bytes } of readPieces(stream)) {
    if (type === "init") {
      output = {
        timescale: timescaleOf(bytes),
        codecs: codecsOf(bytes),
        initSha256: createHash("sha256").update(bytes).digest("hex"),
        initBytes: bytes.length,
        firstSegment: store.firstSegment,
        startTicks: 0,
        segments: [],
      };
      await send(() => put(INIT_NAME, bytes));
    } else if (toSkip > 0) {
      toSkip -= 1;
    } else if (output !== undefined && received < (store.segmentCount ?? Infinity)) {
      const { frames, start, duration, firstSampleEnd } = fragmentFacts(bytes);
      const soFar = output;
      if (received === 0) soFar.startTicks = start;
      const index = store.firstSegment + received;
      const { frameSeconds, segmentSeconds, end, slack } = store.schedule;
      const seconds = (ticks: number): number => ticks / soFar.timescale;
      requireTime(`segment ${index}`, seconds(start), index * segmentSeconds, slack);
      const plannedEnd = Math.min((index + 1) * segmentSeconds, end);
      requireTime(`the end of segment ${index}`, seconds(start + duration), plannedEnd, slack);
      // The muxer squeezes frames that go back in time in between.
      const lasts = seconds(duration);
      requireTime(`${frames} frames of segment ${index}`, frames * frameSeconds, lasts, slack);
      const name = segmentName(index);
      received += 1;
      await send(async () => {
        await put(name, bytes);
        soFar.segments.push(describe(bytes, firstSampleEnd, duration));
        await store.onSegment?.(soFar);
      });
    }
  }
  await sending;
  return received === 0 ? undefined : output;
};
