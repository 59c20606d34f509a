import type { RenditionOutput, TaskResult } from "../../../workers/contract/transcodes.ts";
import { TaskFailure } from "../runtime/failure.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { cutsOf, frameTicks, timescaleFor, type VideoSpec } from "../video/video-args.ts";
import { type CopiedSegment, storeCopies } from "./copied-segments.ts";
import { type Mp4Track, readMp4Index } from "./mp4-index.ts";
import { readSamples } from "./sample-reader.ts";
import { decoderConfiguration, framePositions, reorderedFrames } from "./web-ready-video.ts";

/** Frames between two progress reports. */
async function* segmentsOf(
  run: TaskRun,
  { samples }: Mp4Track,
  positions: Int32Array,
  cuts: readonly number[],
  ticks: number,
): AsyncGenerator<CopiedSegment> {
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const to = cuts[index + 1] ?? from;
    yield {
      start: from * ticks,
      samples: Array.from({ length: to - from }, (_, offset) => ({
        size: samples.sizes[from + offset] ?? 0,
        isSync: samples.isSync[from + offset] === 1,
        compositionOffset: ((positions[from + offset] ?? 0) - from - offset) * ticks,
      })),
      data: await readSamples(run, samples, from, to),
    };
    run.emit({ type: "progress", ratio: (index + 1) / (cuts.length - 1) });
  }
}

/**
 * Copies a chunk of a web-ready source. Each frame is placed on the output grid; its bytes are not changed.
 *
 * @param report called with the output of the rendition stored so far
 * @throws TaskFailure `damaged_file`, `source_unreachable`, `storage_failed`, `output_too_large`, `invalid_task`
 */
export async function copyVideo(
  run: TaskRun,
  spec: VideoSpec,
  report: (rendition: string, output: RenditionOutput) => void,
): Promise<TaskResult> {
  const { source, grid, firstSegment, limits } = spec;
  const [rendition, ...others] = spec.renditions;
  const [track] = (await readMp4Index(run, [source.video.index])) ?? [];
  const positions = track && framePositions(track, grid);
  if (rendition === undefined || others.length > 0 || track === undefined || !positions)
    throw new TaskFailure("invalid_task", "the source cannot be copied");
  const ticks = frameTicks(grid.frameRate);
  const output = await storeCopies(
    run,
    {
      rendition: rendition.id,
      track: {
        type: "video",
        timescale: timescaleFor(grid.frameRate.num),
        width: rendition.width,
        height: rendition.height,
        configuration: decoderConfiguration(track),
      },
      sampleTicks: ticks,
      // Taken from the whole track: every chunk has the same init segment.
      compositionDelay: reorderedFrames(positions) * ticks,
      firstSegment,
      maxOutputBytes: limits.maxOutputBytes,
      onSegment: (soFar) => report(rendition.id, soFar),
    },
    segmentsOf(run, track, positions, cutsOf(spec), ticks),
  );
  return { kind: "media", outputs: { [rendition.id]: output } };
}
