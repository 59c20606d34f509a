import type { RenditionOutput, TaskResult } from "../../../workers/contract/transcode.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { rateOf } from "../probe/frame-rate.ts";
import {
  encodeFailure,
  inputUrl,
  type Job,
  outputMeter,
  outputPath,
  runFfmpeg,
} from "../runtime/task-run.ts";
import { PROGRESS_ARGS, progressReader } from "../runtime/progress.ts";
import { requireWholeSegments, type Schedule, storeSegments } from "../segments/segment-store.ts";
import { videoArgs, type VideoSpec } from "./video-args.ts";

const scheduleOf = ({ grid, firstSegment, segmentCount }: VideoSpec): Schedule => {
  const rate = rateOf(grid.frameRate);
  const frames = Math.min((firstSegment + segmentCount) * grid.framesPerSegment, grid.totalFrames);
  return {
    frameSeconds: 1 / rate,
    segmentSeconds: grid.framesPerSegment / rate,
    end: frames / rate,
    // Not every build of every encoder tells how long the last frame lasts.
    slack: 1.5 / rate,
  };
};

/** @param report gets what is stored of a rendition so far */
const encode = async (
  job: Job,
  spec: VideoSpec,
  changing: boolean,
  report: (rendition: string, output: RenditionOutput) => void,
): Promise<TaskResult> => {
  const outputs: Record<string, RenditionOutput> = {};
  const meter = outputMeter(spec.limits.maxOutputBytes);
  const frames = spec.segmentCount * spec.grid.framesPerSegment;
  const schedule = scheduleOf(spec);
  const url = inputUrl(job, "source");
  const result = await runFfmpeg(
    job,
    [...PROGRESS_ARGS, ...videoArgs(spec, url, job.capabilities, job.threads, changing)],
    {
      onLine: progressReader("frame", frames, (ratio) => job.emit({ type: "progress", ratio })),
      pipes: spec.renditions.map(({ id }) => async (stream) => {
        const output = await storeSegments(stream, {
          storage: job.storage,
          prefix: outputPath(job, id),
          firstSegment: spec.firstSegment,
          contentType: "video/mp4",
          schedule,
          meter,
          onSegment: (soFar) => report(id, soFar),
        });
        if (output !== undefined) outputs[id] = output;
      }),
    },
  );
  if (result.exitCode !== 0) throw encodeFailure(result);
  if (spec.renditions.some(({ id }) => outputs[id] === undefined))
    throw new TaskFailure("damaged_file", `no frames: ${result.stderr}`);
  for (const output of Object.values(outputs)) requireWholeSegments(output, schedule);
  return { kind: "media", outputs };
};

/**
 * Encodes one chunk in all its renditions and stores the segments as they close. A picture that turns out to change
 * its size is encoded anew in a way that lets it; one that is also to be turned is not.
 *
 * @throws TaskFailure `damaged_file` when the chunk holds no picture, `changing_format`
 */
export const encodeVideo = async (job: Job, spec: VideoSpec): Promise<TaskResult> => {
  const shown = new Map<string, number>();
  const report = (rendition: string, output: RenditionOutput): void => {
    // Viewers wait for the first chunk; of the later ones nothing is shown before they are whole.
    if (spec.firstSegment > 0 || output.segments.length <= (shown.get(rendition) ?? 0)) return;
    shown.set(rendition, output.segments.length);
    job.emit({ type: "segments", rendition, output });
  };
  try {
    return await encode(job, spec, false, report);
  } catch (error) {
    const changes = error instanceof TaskFailure && error.code === "changing_format";
    if (!changes || spec.source.video.rotation !== 0) throw error;
    return encode(job, spec, true, report);
  }
};
