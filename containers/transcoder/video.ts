import type { RenditionOutput, TaskResult } from "../../workers/contract/transcode.ts";
import { TaskFailure } from "./failure.ts";
import { encodeFailure, inputUrl, type Job, outputMeter, outputPath, runFfmpeg } from "./job.ts";
import { PROGRESS_ARGS, progressReader } from "./progress.ts";
import { storeSegments } from "./segment-store.ts";
import { videoArgs, type VideoSpec } from "./video-args.ts";

/**
 * Encodes one chunk in all its renditions and stores the segments as they close.
 *
 * @throws TaskFailure `damaged_file` when the chunk holds no picture
 */
export const encodeVideo = async (job: Job, spec: VideoSpec): Promise<TaskResult> => {
  const outputs: Record<string, RenditionOutput> = {};
  const meter = outputMeter(spec.limits.maxOutputBytes);
  const frames = spec.segmentCount * spec.grid.framesPerSegment;
  const result = await runFfmpeg(
    job,
    [...PROGRESS_ARGS, ...videoArgs(spec, inputUrl(job, "source"), job.capabilities, job.threads)],
    {
      onLine: progressReader("frame", frames, (ratio) => job.emit({ type: "progress", ratio })),
      pipes: spec.renditions.map(({ id }) => async (stream) => {
        const output = await storeSegments(stream, {
          storage: job.storage,
          prefix: outputPath(job, id),
          firstSegment: spec.firstSegment,
          contentType: "video/mp4",
          meter,
          // Viewers wait for the first chunk; of the later ones nothing is shown before they are whole.
          onSegment: (soFar) => {
            if (spec.firstSegment === 0)
              job.emit({ type: "segments", rendition: id, output: soFar });
          },
        });
        if (output !== undefined) outputs[id] = output;
      }),
    },
  );
  if (result.exitCode !== 0) throw encodeFailure(result);
  if (spec.renditions.some(({ id }) => outputs[id] === undefined))
    throw new TaskFailure("damaged_file", `no frames: ${result.stderr}`);
  return { kind: "media", outputs };
};
