import type { SourceInfo } from "../contract/source.ts";
import { COMFORTABLE_SECONDS, readSeconds } from "./task-time.ts";
import type { AudioRendition, Grid, Limits, TaskSpec } from "../contract/transcode.ts";

export type AudioSpec = Extract<TaskSpec, { kind: "audio" }>;

/** Samples of one frame of each codec: segments begin with one. */
export const FRAME_SAMPLES = { aac: 1024, opus: 960 } as const;

/** Seconds of sound that a slow core encodes well inside the time of one task. */
const LONGEST_PART = 3 * 3600;

/** Samples of every segment of a track but the last: the first whole frames that are as long as the picture's. */
export const segmentSamples = (
  { codec, sampleRate }: Pick<AudioRendition, "codec" | "sampleRate">,
  segmentSeconds: number,
): number => {
  const frame = FRAME_SAMPLES[codec];
  return frame * Math.ceil((segmentSeconds * sampleRate) / frame - 1e-6);
};

/** The tasks that encode one track: one, or equally long parts where it is very long, or lies among very many bytes. */
export const audioSpecs = (
  source: SourceInfo,
  { frameRate, framesPerSegment, totalFrames }: Grid,
  rendition: AudioRendition,
  { loudness, limits }: { loudness: boolean; limits: Limits },
): AudioSpec[] => {
  const seconds = (frames: number) => (frames * frameRate.den) / frameRate.num;
  const [segmentSeconds, duration] = [seconds(framesPerSegment), seconds(totalFrames)];
  const segments = (duration * rendition.sampleRate) / segmentSamples(rendition, segmentSeconds);
  const parts = Math.max(
    Math.ceil(duration / LONGEST_PART),
    Math.min(Math.ceil(readSeconds(source) / COMFORTABLE_SECONDS), Math.floor(segments)),
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
};
