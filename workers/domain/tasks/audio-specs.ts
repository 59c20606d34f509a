import type { SourceInfo } from "../../contract/source.ts";
import { TARGET_TASK_SECONDS, readSeconds } from "./task-time.ts";
import type { Limits } from "../../contract/task-limits.ts";
import type { AudioRendition, Grid, TaskSpec } from "../../contract/transcodes.ts";

export type AudioSpec = Extract<TaskSpec, { kind: "audio" }>;

/** Samples per frame of each codec. Segments consist of whole frames. */
export const FRAME_SAMPLES = { aac: 1024, opus: 960 } as const;

/** A length that a slow core encodes well within the time limit of a task. */
const MAX_PART_SECONDS = 3 * 3600;

/** Samples per segment (the last may be shorter): the fewest whole frames that are as long as a video segment. */
export function segmentSamples(
  { codec, sampleRate }: Pick<AudioRendition, "codec" | "sampleRate">,
  segmentSeconds: number,
): number {
  const frame = FRAME_SAMPLES[codec];
  return frame * Math.ceil((segmentSeconds * sampleRate) / frame - 1e-6);
}

/**
 * The tasks that encode one track: a single one, or equal parts if the track is very long or the source file very
 * large.
 */
export function audioSpecs(
  source: SourceInfo,
  { frameRate, framesPerSegment, totalFrames }: Grid,
  rendition: AudioRendition,
  { loudness, limits }: { loudness: boolean; limits: Limits },
): AudioSpec[] {
  const seconds = (frames: number) => (frames * frameRate.den) / frameRate.num;
  const [segmentSeconds, duration] = [seconds(framesPerSegment), seconds(totalFrames)];
  const segments = (duration * rendition.sampleRate) / segmentSamples(rendition, segmentSeconds);
  const parts = Math.max(
    Math.ceil(duration / MAX_PART_SECONDS),
    Math.min(Math.ceil(readSeconds(source) / TARGET_TASK_SECONDS), Math.floor(segments)),
  );
  const segmentCount = Math.ceil(segments / parts);
  return Array.from({ length: parts }, (_, part) => ({
    kind: "audio",
    source,
    rendition,
    segmentSeconds,
    duration,
    ...(part > 0 && { firstSegment: part * segmentCount }),
    ...(part < parts - 1 && { segmentCount }),
    loudness,
    limits,
  }));
}
