import { MAX_CAPTION_BYTES, readCues, writeWebVtt } from "../../../workers/domain/cues.ts";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcode.ts";
import { inputUrl, type Job, outputPath, runFfmpeg } from "../runtime/task-run.ts";
import { sourceInput } from "../probe/source-input.ts";

export type CaptionsSpec = Extract<TaskSpec, { kind: "captions" }>;
type Track = Extract<TaskResult, { kind: "captions" }>["tracks"][number];

/** What a stream becomes: the text that is served, and how many cues it has. */
type Candidate = CaptionsSpec["streams"][number] & { text: string; cues: number };

/** A stream of this share of the cues of its language's fullest one tells the whole film, too. */
const WHOLE = 0.5;

/** Each stream's WebVTT as ffmpeg writes it; empty for one that is too large to be captions. */
const readStreams = async (job: Job, { source, streams }: CaptionsSpec): Promise<string[]> => {
  const texts = streams.map(() => "");
  await runFfmpeg(
    job,
    [
      ...["-copyts", "-start_at_zero", ...sourceInput(inputUrl(job, "source"), source.demuxer)],
      ...streams.flatMap(({ index }, position) => [
        ...["-map", `0:${index}`, "-c:s", "webvtt", "-f", "webvtt", `pipe:${3 + position}`],
      ]),
    ],
    {
      pipes: streams.map((_, position) => async (stream) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          // The rest is read all the same: the other streams come through the same process.
          if (bytes <= MAX_CAPTION_BYTES) chunks.push(chunk);
        }
        if (bytes <= MAX_CAPTION_BYTES) texts[position] = Buffer.concat(chunks).toString();
      }),
    },
  );
  return texts;
};

/**
 * Of the streams of one language, the one that a viewer wants who reads along: none that is for foreign words only,
 * and of the others the first that is about as long as the longest. The longest itself is often the one that also
 * describes sounds, or a commentary.
 */
export const chooseStream = <S extends { isForced: boolean; cues: number }>(
  streams: readonly S[],
): S | undefined => {
  const full = streams.filter(({ isForced }) => !isForced);
  const wanted = full.length > 0 ? full : streams;
  const most = Math.max(...wanted.map(({ cues }) => cues));
  return wanted.find(({ cues }) => cues >= most * WHOLE);
};

/**
 * Turns the text subtitles inside the source into WebVTT files, one a language. They are cleaned as uploaded ones are:
 * ffmpeg's writer puts their words as they are between the tags. They are an extra: a stream that cannot be read, or
 * has no words, fails nothing.
 */
export const extractCaptions = async (job: Job, spec: CaptionsSpec): Promise<TaskResult> => {
  const prefix = outputPath(job, "files");
  const texts = await readStreams(job, spec);
  const candidates = spec.streams.flatMap((stream, position): Candidate[] => {
    const { cues } = readCues(texts[position] ?? "");
    return cues.length === 0 ? [] : [{ ...stream, text: writeWebVtt(cues), cues: cues.length }];
  });
  const tracks: Track[] = [];
  for (const [language, streams] of Map.groupBy(candidates, (stream) => stream.language)) {
    const chosen = chooseStream(streams);
    if (chosen === undefined) continue;
    const file = `${language}.vtt`;
    await job.storage.put(prefix + file, Buffer.from(chosen.text), "text/vtt; charset=utf-8");
    tracks.push({ language, name: chosen.name, file, cues: chosen.cues });
  }
  return { kind: "captions", tracks };
};
