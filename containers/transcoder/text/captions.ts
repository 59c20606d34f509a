import type { Notice } from "../../../workers/contract/notices.ts";
import type { TaskResult } from "../../../workers/contract/transcodes.ts";
import { numberedLanguage } from "../../../workers/domain/captions/caption-languages.ts";
import { trackTag, uniqueNames } from "../../../workers/domain/captions/caption-tracks.ts";
import { type Cue, writeWebVtt } from "../../../workers/domain/captions/cues.ts";
import { outputPath, type TaskRun } from "../runtime/task-run.ts";
import { type CaptionsSpec, readCaptionStreams } from "./caption-streams.ts";

export type { CaptionsSpec } from "./caption-streams.ts";
type ExtractedTrack = Extract<TaskResult, { kind: "captions" }>["tracks"][number];

/** A stream with captions: its cues, their number, and the number of damaged ones. */
type CaptionCandidate = CaptionsSpec["streams"][number] & {
  content: Cue[];
  cues: number;
  dropped: number;
};

/** A stream with this share of the cues of its language's longest stream also covers the whole video. */
const MIN_SHARE_OF_LONGEST = 0.5;

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
 * All streams of a language and kind, the chosen one first, without those that have the same text in another format: real
 * files have both a translation and a commentary in one language, and nothing but their titles distinguishes them.
 */
function inOrder(streams: readonly CaptionCandidate[]): CaptionCandidate[] {
  const chosen = chooseStream(streams);
  const texts = new Set<string>();
  return [...streams]
    .sort((one, other) => Number(other === chosen) - Number(one === chosen))
    .filter(({ content }) => {
      const text = JSON.stringify(content);
      const isNew = !texts.has(text);
      texts.add(text);
      return isNew;
    });
}

/**
 * Extracts the captions in the source as WebVTT files. They are sanitized like uploaded captions, because ffmpeg does not
 * escape their text. Captions are optional: a stream that cannot be read, or a damaged cue, is left out, and the creator
 * is informed.
 */
export async function extractCaptions(run: TaskRun, spec: CaptionsSpec): Promise<TaskResult> {
  const prefix = outputPath(run, "files");
  const read = await readCaptionStreams(run, spec);
  const notices: Notice[] = [];
  const candidates = spec.streams.flatMap((stream, position): CaptionCandidate[] => {
    const { cues = [], dropped = 0, isUnreadable = true } = read[position] ?? {};
    if (isUnreadable) notices.push({ code: "captions_unreadable", track: stream.name });
    return cues.length === 0 || isUnreadable
      ? []
      : [{ ...stream, content: cues, cues: cues.length, dropped }];
  });
  const tracks: ExtractedTrack[] = [];
  const byTag = Map.groupBy(candidates, ({ language, kind = "subtitles" }) =>
    trackTag({ language, kind }),
  );
  const found = [...byTag.values()].flatMap((streams) =>
    inOrder(streams).map((stream, index) => ({ ...stream, number: index + 1 })),
  );
  const names = uniqueNames(found.map(({ name }) => name));
  for (const [index, stream] of found.entries()) {
    const { number, kind = "subtitles", content, cues, dropped } = stream;
    const name = names[index] ?? stream.name;
    const language = trackTag({ language: numberedLanguage(stream.language, number), kind });
    const file = `${language}.vtt`;
    await run.storage.put(
      prefix + file,
      Buffer.from(writeWebVtt(content)),
      "text/vtt; charset=utf-8",
    );
    tracks.push({ language, name, file, cues });
    if (dropped > 0) notices.push({ code: "cues_dropped", track: name, count: dropped });
  }
  return { kind: "captions", tracks, ...(notices.length > 0 ? { notices } : {}) };
}
