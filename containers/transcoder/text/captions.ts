import { MAX_CAPTION_BYTES, readCues, writeWebVtt } from "../../../workers/domain/cues.ts";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { inputUrl, type TaskRun, outputPath, runFfmpeg } from "../runtime/task-run.ts";
import { sourceInput } from "../probe/source-input.ts";

export type CaptionsSpec = Extract<TaskSpec, { kind: "captions" }>;
type ExtractedTrack = Extract<TaskResult, { kind: "captions" }>["tracks"][number];

/** A stream that has captions: as WebVTT, with its number of cues. */
type CaptionCandidate = CaptionsSpec["streams"][number] & { webVtt: string; cues: number };

/** A stream with this share of the cues of its language's longest stream also covers the whole video. */
const MIN_SHARE_OF_LONGEST = 0.5;

/** Each stream as ffmpeg converts it to WebVTT; empty for a stream that is too large to be captions. */
async function readStreams(run: TaskRun, { source, streams }: CaptionsSpec): Promise<string[]> {
  const texts = streams.map(() => "");
  await runFfmpeg(
    run,
    [
      ...["-copyts", "-start_at_zero", ...sourceInput(inputUrl(run, "source"), source.demuxer)],
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
          // The rest must still be read: one process writes all streams.
          if (bytes <= MAX_CAPTION_BYTES) chunks.push(chunk);
        }
        if (bytes <= MAX_CAPTION_BYTES) texts[position] = Buffer.concat(chunks).toString();
      }),
    },
  );
  return texts;
}

/**
 * Chooses the stream of a language that suits most viewers: not a forced one, which translates foreign dialogue only,
 * and of the others the first that is about as long as the longest. The longest itself is often for the hard of
 * hearing, or a commentary.
 */
export function chooseStream<S extends { isForced: boolean; cues: number }>(
  streams: readonly S[],
): S | undefined {
  const full = streams.filter(({ isForced }) => !isForced);
  const eligible = full.length > 0 ? full : streams;
  const most = Math.max(...eligible.map(({ cues }) => cues));
  return eligible.find(({ cues }) => cues >= most * MIN_SHARE_OF_LONGEST);
}

/**
 * Extracts the captions in the source as WebVTT files, one per language. They are sanitized like uploaded captions,
 * because ffmpeg does not escape their text. Captions are optional: a stream that is empty or cannot be read is left
 * out.
 */
export async function extractCaptions(run: TaskRun, spec: CaptionsSpec): Promise<TaskResult> {
  const prefix = outputPath(run, "files");
  const texts = await readStreams(run, spec);
  const candidates = spec.streams.flatMap((stream, position): CaptionCandidate[] => {
    const { cues } = readCues(texts[position] ?? "");
    return cues.length === 0 ? [] : [{ ...stream, webVtt: writeWebVtt(cues), cues: cues.length }];
  });
  const tracks: ExtractedTrack[] = [];
  for (const [language, streams] of Map.groupBy(candidates, (stream) => stream.language)) {
    const chosen = chooseStream(streams);
    if (chosen === undefined) continue;
    const file = `${language}.vtt`;
    await run.storage.put(prefix + file, Buffer.from(chosen.webVtt), "text/vtt; charset=utf-8");
    tracks.push({ language, name: chosen.name, file, cues: chosen.cues });
  }
  return { kind: "captions", tracks };
}
