import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { RenditionOutput, Segment } from "../../../workers/contract/transcodes.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../../../workers/domain/tasks/segment-names.ts";
import { codecsOf, timescaleOf } from "./codecs.ts";
import { delayComposition, withEditList } from "./composition.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { fragmentInfo, readFragments } from "./fragments.ts";
import type { Storage } from "../runtime/storage.ts";

/** When the segments of a rendition must begin and end. */
export interface Schedule {
  frameSeconds: number;
  /** When the segment with an index starts; the index may be one past the last. */
  startSeconds: (segment: number) => number;
  /** End of the last stored segment. */
  endSeconds: number;
  /** How far a time may deviate. */
  toleranceSeconds: number;
}

export interface SegmentStore {
  storage: Storage;
  /** Storage path, ending in a slash. */
  prefix: string;
  firstSegment: number;
  /** Number of segments that the encoder writes before the first one to store; 0 if absent. */
  warmUp?: number;
  /** How many segments to store; all if absent. Later ones are discarded. */
  segmentCount?: number | undefined;
  contentType: string;
  /** How much later than they are decoded the frames are shown, in ticks; 0 if absent. */
  compositionDelay?: number;
  schedule: Schedule;
  /** Called with the size of each object before it is stored. */
  meter: (bytes: number) => void;
  /** Called with the cumulative output after each stored segment. The encoder waits until it returns. */
  onSegment?: (output: RenditionOutput) => void | Promise<void>;
}

/**
 * Detects a source that changes its format midway: ffmpeg then restarts its filters, and timestamps are off.
 *
 * @throws TaskFailure `changing_format`
 */
function requireTime(what: string, seconds: number, expected: number, tolerance: number): void {
  if (Math.abs(seconds - expected) > tolerance)
    throw new TaskFailure("changing_format", `${what}: ${seconds} s instead of ${expected} s`);
}

/**
 * Checks that no segment is missing at the end: ffmpeg may write too few without an error.
 *
 * @throws TaskFailure `changing_format`
 */
export function requireAllSegments(
  { timescale, startTicks, segments }: RenditionOutput,
  { endSeconds, toleranceSeconds }: Schedule,
): void {
  const ticks = segments.reduce((sum, { duration }) => sum + duration, startTicks);
  requireTime("the end", ticks / timescale, endSeconds, toleranceSeconds);
}

/**
 * Stores the segments that a muxer writes into a pipe, each as soon as it is complete. Nothing is written to the
 * disk: a slow storage slows the encoder down instead.
 *
 * @returns undefined when there was no segment to store
 * @throws TaskFailure `storage_failed`, or `changing_format` for a segment with unexpected times, which is not stored
 */
export async function storeSegments(
  stream: Readable,
  store: SegmentStore,
): Promise<RenditionOutput | undefined> {
  async function put(name: string, bytes: Buffer<ArrayBuffer>): Promise<void> {
    store.meter(bytes.length);
    await store.storage.put(store.prefix + name, bytes, store.contentType);
  }
  function describe(bytes: Buffer, firstSampleEnd: number, duration: number): Segment {
    return store.contentType.startsWith("video/")
      ? { duration, bytes: bytes.length, keyframe: [0, firstSampleEnd] }
      : { duration, bytes: bytes.length };
  }
  let output: RenditionOutput | undefined;
  let received = 0;
  let toSkip = store.warmUp ?? 0;
  // One upload runs while the next segment is being encoded. Its error is thrown where it is awaited.
  let sending = Promise.resolve();
  async function send(work: () => Promise<void>): Promise<void> {
    await sending;
    sending = work();
    sending.catch(() => undefined);
  }
  const { compositionDelay = 0 } = store;
  for await (const { type, bytes: written } of readFragments(stream)) {
    let bytes = written;
    if (compositionDelay > 0)
      bytes =
        type === "init"
          ? withEditList(written, compositionDelay)
          : delayComposition(written, compositionDelay);
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
      await send(() => put(INIT_SEGMENT_NAME, bytes));
    } else if (toSkip > 0) {
      toSkip -= 1;
    } else if (output !== undefined && received < (store.segmentCount ?? Infinity)) {
      const { frames, start, duration, firstSampleEnd } = fragmentInfo(bytes);
      const soFar = output;
      if (received === 0) soFar.startTicks = start;
      const index = store.firstSegment + received;
      const { frameSeconds, startSeconds, endSeconds, toleranceSeconds } = store.schedule;
      const seconds = (ticks: number): number => ticks / soFar.timescale;
      requireTime(`segment ${index}`, seconds(start), startSeconds(index), toleranceSeconds);
      const expectedEnd = Math.min(startSeconds(index + 1), endSeconds);
      requireTime(
        `the end of segment ${index}`,
        seconds(start + duration),
        expectedEnd,
        toleranceSeconds,
      );
      // If timestamps go back, the muxer squeezes the frames into less time.
      const length = seconds(duration);
      requireTime(
        `${frames} frames of segment ${index}`,
        frames * frameSeconds,
        length,
        toleranceSeconds,
      );
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
}
