import type { Readable } from "node:stream";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Grid } from "../../../workers/contract/transcode.ts";
import { type Complexity, PROBE_CRF, PROBE_PIXELS } from "./complexity.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { inputUrl, type Job, runFfmpeg } from "../runtime/task-run.ts";
import { PROGRESS_ARGS } from "../runtime/progress.ts";
import { pictureInput } from "../probe/source-input.ts";
import { cleanPicture, scalePicture } from "../video/video-args.ts";

const WINDOWS = 3;
const WINDOW_SECONDS = 1.5;
/** Decoder complaints a frame above which a picture is broken all over, not here and there. */
const BROKEN = 0.4;

/** Starts of the sampled windows, in seconds. */
const sampleStarts = (duration: number): number[] =>
  duration <= WINDOWS * WINDOW_SECONDS
    ? [0]
    : Array.from(
        { length: WINDOWS },
        (_, index) => ((index + 0.5) * duration) / WINDOWS - WINDOW_SECONDS / 2,
      );

const probeSize = ({ video }: SourceInfo): { width: number; height: number } => {
  const scale = Math.min(1, Math.sqrt(PROBE_PIXELS / (video.width * video.height)));
  const even = (value: number): number => Math.max(2, 2 * Math.round((value * scale) / 2));
  return { width: even(video.width), height: even(video.height) };
};

type Sample = { frames: number; bytes: number; complaints: number };

const sampleWindow = async (
  job: Job,
  source: SourceInfo,
  grid: Grid,
  start: number,
): Promise<Sample> => {
  const sample: Sample = { frames: 0, bytes: 0, complaints: 0 };
  const { filters } = job.capabilities;
  const graph = [
    ...cleanPicture(source.video, filters),
    // From the keyframe before the window on, which lies before the clock's zero.
    "setpts=PTS-STARTPTS",
    `fps=${grid.frameRate.num}/${grid.frameRate.den}`,
    ...scalePicture(source, { ...probeSize(source), pixelAspect: { num: 1, den: 1 } }, filters),
  ];
  const { stderr } = await runFfmpeg(
    job,
    [
      ...[...PROGRESS_ARGS, "-threads", String(job.threads)],
      ...pictureInput(inputUrl(job, "source"), source, [
        ...["-noaccurate_seek", "-ss", start.toFixed(3)],
      ]),
      ...[
        "-map",
        `0:${source.video.index}`,
        "-vf",
        graph.join(","),
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
      ],
      ...["-crf", String(PROBE_CRF), "-threads", String(job.threads)],
      ...[
        "-frames:v",
        String(Math.ceil(WINDOW_SECONDS * rateOf(grid.frameRate))),
        "-f",
        "h264",
        "pipe:3",
      ],
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
  sample.complaints = stderr.split("\n").filter((line) => line !== "").length;
  return sample;
};

/**
 * Decodes and encodes a few seconds from all over the film, before anything is promised.
 *
 * @throws TaskFailure `damaged_file` when most of what is decoded is broken, or nothing can be
 */
export const sampleComplexity = async (
  job: Job,
  source: SourceInfo,
  grid: Grid,
): Promise<Complexity> => {
  const total: Sample = { frames: 0, bytes: 0, complaints: 0 };
  // All at once: nothing else of this film can run before the plan is there.
  const samples = await Promise.all(
    sampleStarts(source.duration).map((start) => sampleWindow(job, source, grid, start)),
  );
  for (const { frames, bytes, complaints } of samples) {
    total.frames += frames;
    total.bytes += bytes;
    total.complaints += complaints;
  }
  if (total.frames === 0) throw new TaskFailure("damaged_file", "no sampled frame can be decoded");
  if (total.complaints > total.frames * BROKEN) {
    throw new TaskFailure(
      "damaged_file",
      `${total.complaints} decoder errors in ${total.frames} frames`,
    );
  }
  const { width, height } = probeSize(source);
  return {
    bitsPerPixel: (total.bytes * 8) / (total.frames * width * height),
    pixels: width * height,
  };
};
