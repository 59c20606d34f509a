import { createHash } from "node:crypto";
import type { RenditionOutput, Segment } from "../../../workers/contract/transcodes.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../../../workers/domain/tasks/segment-names.ts";
import { outputMeter, outputPath, type TaskRun } from "../runtime/task-run.ts";
import { codecsOf } from "../segments/codecs.ts";
import { delayComposition, withEditList } from "../segments/composition.ts";
import { fragmentInfo } from "../segments/fragments.ts";
import {
  type FragmentSample,
  type TrackDescription,
  writeFragment,
  writeInit,
} from "./fragment-writer.ts";

/** A segment before it is written. */
export interface CopiedSegment {
  /** Decoding time of the first sample, in ticks. */
  start: number;
  samples: FragmentSample[];
  data: Buffer;
}

export interface CopyTarget {
  rendition: string;
  track: TrackDescription;
  /** Duration of each sample, in ticks. */
  sampleTicks: number;
  /** How much later than they are decoded the samples are shown, in ticks; their own offsets do not include it. */
  compositionDelay?: number;
  firstSegment: number;
  maxOutputBytes: number;
  /** Called with the cumulative output after each stored segment. */
  onSegment: (output: RenditionOutput) => void | Promise<void>;
}

/**
 * Stores a rendition whose frames are copied. While one segment is stored, the next one is read.
 *
 * @throws TaskFailure `storage_failed`, `output_too_large`, and what `segments` throws
 */
export async function storeCopies(
  run: TaskRun,
  {
    rendition,
    track,
    sampleTicks,
    compositionDelay = 0,
    firstSegment,
    maxOutputBytes,
    onSegment,
  }: CopyTarget,
  segments: AsyncIterable<CopiedSegment>,
): Promise<RenditionOutput> {
  const meter = outputMeter(maxOutputBytes);
  const contentType = `${track.type}/mp4`;
  async function put(name: string, bytes: Buffer<ArrayBuffer>): Promise<void> {
    meter(bytes.length);
    await run.storage.put(outputPath(run, rendition) + name, bytes, contentType);
  }
  const init =
    compositionDelay > 0 ? withEditList(writeInit(track), compositionDelay) : writeInit(track);
  const output: RenditionOutput = {
    timescale: track.timescale,
    codecs: codecsOf(init),
    initSha256: createHash("sha256").update(init).digest("hex"),
    initBytes: init.length,
    firstSegment,
    startTicks: 0,
    segments: [],
  };
  async function store(index: number, { start, samples, data }: CopiedSegment): Promise<void> {
    const number = firstSegment + index + 1;
    const written = writeFragment(number, start, sampleTicks, samples, data);
    const bytes = delayComposition(written, compositionDelay);
    await put(segmentName(firstSegment + index), bytes);
    const duration = samples.length * sampleTicks;
    const segment: Segment = { duration, bytes: bytes.length };
    if (track.type === "video") segment.keyframe = [0, fragmentInfo(bytes).firstSampleEnd];
    output.segments.push(segment);
    await onSegment(output);
  }
  let storing = put(INIT_SEGMENT_NAME, init);
  storing.catch(() => undefined);
  let index = 0;
  for await (const segment of segments) {
    await storing;
    if (index === 0) output.startTicks = segment.start;
    storing = store(index, segment);
    storing.catch(() => undefined);
    index += 1;
  }
  await storing;
  return output;
}
