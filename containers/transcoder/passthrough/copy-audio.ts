import {
  type AudioSpec,
  FRAME_SAMPLES,
  segmentSamples,
} from "../../../workers/domain/tasks/audio-specs.ts";
import type { RenditionOutput, TaskResult } from "../../../workers/contract/transcodes.ts";
import { TaskFailure } from "../runtime/failure.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { type CopiedSegment, storeCopies } from "./copied-segments.ts";
import { type Mp4Track, readMp4Index } from "./mp4-index.ts";
import { readSamples } from "./sample-reader.ts";
import { type AudioFrames, audioConfiguration, framesWithin } from "./web-ready-audio.ts";

const FRAME = FRAME_SAMPLES.aac;

async function* segmentsOf(
  run: TaskRun,
  { samples }: Mp4Track,
  { first, startSample, end }: AudioFrames,
  spec: AudioSpec,
): AsyncGenerator<CopiedSegment> {
  const { firstSegment = 0, segmentCount = Infinity, rendition, segmentSeconds } = spec;
  const frames = segmentSamples(rendition, segmentSeconds) / FRAME;
  const all = Math.ceil((end - first) / frames);
  const last = Math.min(all, firstSegment + segmentCount);
  for (let segment = firstSegment; segment < last; segment += 1) {
    const from = first + segment * frames;
    const to = Math.min(from + frames, end);
    yield {
      start: startSample + segment * frames * FRAME,
      samples: Array.from({ length: to - from }, (_, index) => ({
        size: samples.sizes[from + index] ?? 0,
        isSync: true,
        compositionOffset: 0,
      })),
      data: await readSamples(run, samples, from, to),
    };
    run.emit({ type: "progress", ratio: (segment + 1 - firstSegment) / (last - firstSegment) });
  }
}

/**
 * Copies an AAC track, or a part of it. Frames before the start of the video, such as the encoder's priming, are left
 * out.
 *
 * @param report called with the output stored so far
 * @throws TaskFailure `damaged_file`, `source_unreachable`, `storage_failed`, `output_too_large`, `invalid_task`
 */
export async function copyAudio(
  run: TaskRun,
  spec: AudioSpec,
  report: (output: RenditionOutput) => void | Promise<void>,
): Promise<TaskResult> {
  const { source, rendition, duration, firstSegment = 0, limits } = spec;
  const { id, streamIndex, sampleRate, channels, name } = rendition;
  const [video, audio] = (await readMp4Index(run, [source.video.index, streamIndex])) ?? [];
  if (video === undefined || audio === undefined)
    throw new TaskFailure("invalid_task", "the source cannot be copied");
  const output = await storeCopies(
    run,
    {
      rendition: id,
      track: {
        type: "audio",
        timescale: sampleRate,
        sampleRate,
        channels,
        configuration: audioConfiguration(audio),
      },
      sampleTicks: FRAME,
      firstSegment,
      maxOutputBytes: limits.maxOutputBytes,
      onSegment: report,
    },
    segmentsOf(run, audio, framesWithin(video, audio, source, duration), spec),
  );
  const notices = firstSegment === 0 ? [{ code: "audio_copied" as const, track: name }] : [];
  return { kind: "media", outputs: { [id]: output }, ...(notices.length > 0 && { notices }) };
}
