import type { TaskResult, TaskSpec } from "../../workers/contract/transcode.ts";
import { inputUrl, type Job, outputMeter, outputPath, runFfmpeg } from "./job.ts";
import { sourceInput } from "./source.ts";

export type CaptionsSpec = Extract<TaskSpec, { kind: "captions" }>;
type Track = Extract<TaskResult, { kind: "captions" }>["tracks"][number];

/** Cues of a WebVTT text: each has one line of times. */
const countCues = (vtt: string): number => vtt.match(/^[\d:.]+ --> [\d:.]+/gm)?.length ?? 0;

/**
 * Turns the text subtitles inside the source into WebVTT files, one a language; ffmpeg's writer leaves out what
 * WebVTT does not know. They are an extra: a stream that cannot be read, or has no words, fails nothing.
 */
export const extractCaptions = async (job: Job, spec: CaptionsSpec): Promise<TaskResult> => {
  const prefix = outputPath(job, "files");
  const meter = outputMeter(spec.limits.maxOutputBytes);
  const texts = spec.streams.map(() => "");
  await runFfmpeg(
    job,
    [
      ...[
        "-copyts",
        "-start_at_zero",
        ...sourceInput(inputUrl(job, "source"), spec.source.demuxer),
      ],
      ...spec.streams.flatMap(({ index }, position) => [
        "-map",
        `0:${index}`,
        "-c:s",
        "webvtt",
        "-f",
        "webvtt",
        `pipe:${3 + position}`,
      ]),
    ],
    {
      pipes: spec.streams.map((_, position) => async (stream) => {
        for await (const chunk of stream.setEncoding("utf8")) {
          meter(Buffer.byteLength(chunk));
          texts[position] += chunk;
        }
      }),
    },
  );
  const tracks: Track[] = [];
  for (const [position, { language, name }] of spec.streams.entries()) {
    const text = texts[position] ?? "";
    const cues = countCues(text);
    if (cues === 0) continue;
    const file = `${language}.vtt`;
    await job.storage.put(prefix + file, Buffer.from(text), "text/vtt; charset=utf-8");
    tracks.push({ language, name, file, cues });
  }
  return { kind: "captions", tracks };
};
