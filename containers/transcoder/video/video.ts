import type { RenditionOutput, TaskResult } from "../../../workers/contract/transcodes.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { rateOf } from "../probe/frame-rate.ts";
import {
  encodeFailure,
  inputUrl,
  type TaskRun,
  outputMeter,
  outputPath,
  runFfmpeg,
} from "../runtime/task-run.ts";
import { PROGRESS_ARGS, progressReader } from "../runtime/progress.ts";
import { requireAllSegments, type Schedule, storeSegments } from "../segments/segment-store.ts";
import { copyVideo } from "../passthrough/copy-video.ts";
import { uprightOutput } from "./upright-output.ts";
import { cutsOf, frameTicks, REORDERED_FRAMES, videoArgs, type VideoSpec } from "./video-args.ts";

function scheduleOf(spec: VideoSpec): Schedule {
  const rate = rateOf(spec.grid.frameRate);
  const cuts = cutsOf(spec);
  return {
    frameSeconds: 1 / rate,
    startSeconds: (segment) => (cuts[segment - spec.firstSegment] ?? Infinity) / rate,
    endSeconds: (cuts.at(-1) ?? 0) / rate,
    // Some builds of some encoders do not store the duration of the last frame.
    toleranceSeconds: 1.5 / rate,
  };
}

/** @param report called with the output of a rendition stored so far */
async function encode(
  run: TaskRun,
  spec: VideoSpec,
  changing: boolean,
  report: (rendition: string, output: RenditionOutput) => void,
): Promise<TaskResult> {
  const outputs: Record<string, RenditionOutput> = {};
  const meter = outputMeter(spec.limits.maxOutputBytes);
  const cuts = cutsOf(spec);
  const frames = (cuts.at(-1) ?? 0) - (cuts[0] ?? 0);
  const schedule = scheduleOf(spec);
  const url = inputUrl(run, "source");
  const result = await runFfmpeg(
    run,
    [...PROGRESS_ARGS, ...videoArgs(spec, url, run.capabilities, run.threads, changing)],
    {
      onLine: progressReader("frame", frames, (ratio) => run.emit({ type: "progress", ratio })),
      pipes: spec.renditions.map(({ id, codec }) => async (stream) => {
        const output = await storeSegments(uprightOutput(stream), {
          storage: run.storage,
          prefix: outputPath(run, id),
          firstSegment: spec.firstSegment,
          contentType: "video/mp4",
          compositionDelay: REORDERED_FRAMES[codec] * frameTicks(spec.grid.frameRate),
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
    throw new TaskFailure("damaged_file", `the chunk has no decodable frame: ${result.stderr}`);
  for (const output of Object.values(outputs)) requireAllSegments(output, schedule);
  return { kind: "media", outputs };
}

/**
 * Encodes one chunk in all its renditions, or copies it, and stores each segment when it is complete. If the video turns
 * out to change its size or format, the chunk is encoded again with filters that allow it.
 *
 * @throws TaskFailure `damaged_file` when the chunk has no decodable frame, `changing_format`
 */
export async function encodeVideo(run: TaskRun, spec: VideoSpec): Promise<TaskResult> {
  const reported = new Map<string, number>();
  function report(rendition: string, output: RenditionOutput): void {
    // Viewers wait for the first chunk; later chunks are published only when they are complete.
    if (spec.firstSegment > 0 || output.segments.length <= (reported.get(rendition) ?? 0)) return;
    reported.set(rendition, output.segments.length);
    run.emit({ type: "segments", rendition, output });
  }
  if (spec.renditions.some(({ isCopy }) => isCopy === true)) return copyVideo(run, spec, report);
  try {
    return await encode(run, spec, false, report);
  } catch (error) {
    if (!(error instanceof TaskFailure) || error.code !== "changing_format") throw error;
    return encode(run, spec, true, report);
  }
}
