import type { Readable } from "node:stream";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Grid } from "../../../workers/contract/transcodes.ts";
import { type Complexity, PROBE_CRF, PROBE_PIXELS } from "./complexity.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { inputUrl, type TaskRun, runFfmpeg } from "../runtime/task-run.ts";
import { PROGRESS_ARGS } from "../runtime/progress.ts";
import { seekToKeyframe, videoInput } from "../probe/source-input.ts";
import { cleanFrames, scaleFrames } from "../video/video-args.ts";

const WINDOWS = 3;
const WINDOW_SECONDS = 1.5;
/** Above this, the video is damaged throughout rather than in places. */
const MAX_DECODER_ERRORS_PER_FRAME = 0.4;

/** Start times of the sampled windows, in seconds. */
function sampleStarts(duration: number): number[] {
  return duration <= WINDOWS * WINDOW_SECONDS
    ? [0]
    : Array.from(
        { length: WINDOWS },
        (_, index) => ((index + 0.5) * duration) / WINDOWS - WINDOW_SECONDS / 2,
      );
}

function probeSize({ video }: SourceInfo, maxPixels: number): { width: number; height: number } {
  const scale = Math.min(1, Math.sqrt(maxPixels / (video.width * video.height)));
  const even = (value: number): number => Math.max(2, 2 * Math.round((value * scale) / 2));
  return { width: even(video.width), height: even(video.height) };
}

interface Sample {
  frames: number;
  bytes: number;
  decoderErrors: number;
}

async function sampleWindow(
  run: TaskRun,
  source: SourceInfo,
  grid: Grid,
  start: number,
  maxPixels: number,
): Promise<Sample> {
  const sample: Sample = { frames: 0, bytes: 0, decoderErrors: 0 };
  const { filters } = run.capabilities;
  const graph = [
    ...cleanFrames(source.video, filters),
    // The inexact seek starts at the keyframe before the window, so timestamps would be negative.
    "setpts=PTS-STARTPTS",
    `fps=${grid.frameRate.num}/${grid.frameRate.den}`,
    ...scaleFrames(
      source,
      { ...probeSize(source, maxPixels), pixelAspect: { num: 1, den: 1 } },
      filters,
    ),
  ];
  const { stderr } = await runFfmpeg(
    run,
    [
      ...[...PROGRESS_ARGS, "-threads", String(run.threads)],
      ...videoInput(
        inputUrl(run, "source"),
        source,
        run.capabilities,
        seekToKeyframe(start, source.demuxer),
      ),
      ...["-map", `0:${source.video.index}`, "-vf", graph.join(","), "-c:v", "libx264"],
      ...["-preset", "veryfast"],
      ...["-crf", String(PROBE_CRF), "-threads", String(run.threads)],
      ...["-frames:v", String(Math.ceil(WINDOW_SECONDS * rateOf(grid.frameRate))), "-f", "h264"],
      "pipe:3",
    ],
    {
      level: "repeat+error",
      onLine: (line) => {
        if (line.startsWith("frame=")) sample.frames = Number.parseInt(line.slice(6), 10);
      },
      pipes: [
        async (stream: Readable) => {
          for await (const chunk of stream) sample.bytes += (chunk as Buffer).length;
        },
      ],
    },
  );
  // Tracks that are not decoded do not matter.
  sample.decoderErrors = stderr
    .split("\n")
    .filter((line) => line !== "" && !line.includes("not on whitelist")).length;
  return sample;
}

/**
 * Decodes and encodes a few seconds from across the video, to learn how many bits it needs and whether it can be
 * decoded.
 *
 * @param maxPixels per frame of the sample encode
 * @throws TaskFailure `damaged_file` when no frame can be decoded, or most frames have errors
 */
export async function sampleComplexity(
  run: TaskRun,
  source: SourceInfo,
  grid: Grid,
  maxPixels = PROBE_PIXELS,
): Promise<Complexity> {
  const total: Sample = { frames: 0, bytes: 0, decoderErrors: 0 };
  // In parallel: no other task of this video can run before the plan exists.
  const samples = await Promise.all(
    sampleStarts(source.duration).map((start) => sampleWindow(run, source, grid, start, maxPixels)),
  );
  for (const { frames, bytes, decoderErrors } of samples) {
    total.frames += frames;
    total.bytes += bytes;
    total.decoderErrors += decoderErrors;
  }
  if (total.frames === 0)
    throw new TaskFailure("damaged_file", "none of the sampled frames can be decoded");
  if (total.decoderErrors > total.frames * MAX_DECODER_ERRORS_PER_FRAME) {
    throw new TaskFailure(
      "damaged_file",
      `${total.decoderErrors} decoder errors in ${total.frames} frames`,
    );
  }
  const { width, height } = probeSize(source, maxPixels);
  return {
    bitsPerPixel: (total.bytes * 8) / (total.frames * width * height),
    pixels: width * height,
  };
}
