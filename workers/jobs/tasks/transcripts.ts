import type { TranscriptResult } from "../../contract/transcripts.ts";
import type { Statement } from "../../db/client.ts";
import { addTasks } from "../../db/transcoding/add-tasks.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import { readCues, writeWebVtt } from "../../domain/captions/cues.ts";
import { cuesOfUtterances } from "../../domain/speech/stitch.ts";
import { nextTranscription } from "../../domain/speech/transcription-tasks.ts";
import { log } from "../../log.ts";
import { putText, readText } from "../../media/objects.ts";
import { filesFolder, versionPrefix } from "../../media/storage-keys.ts";
import { automaticTrack } from "../../services/automatic-track.ts";
import type { StorageContext } from "../job-context.ts";

const WEBVTT = "text/vtt; charset=utf-8";
/** ISO 639 for "undetermined": neither the recogniser nor the creator has named the language. */
const UNKNOWN_LANGUAGE = "und";

/**
 * Handles the transcript of a part: the captions so far are stored, with the task of the next part, or at the end as a
 * track.
 */
export async function transcriptConsequences(
  context: StorageContext,
  task: Task,
  result: TranscriptResult,
  now: number,
): Promise<Statement[]> {
  const { spec } = task;
  if (spec.kind !== "transcribe" && spec.kind !== "speech")
    throw new Error(`A ${task.kind} task returned a transcript.`);
  const { env, db } = context;
  const prefix = versionPrefix(task.videoId, task.version);
  const before = spec.earlier === null ? "" : await readText(env, prefix + spec.earlier);
  if (before === null) throw new Error(`The captions before part ${spec.part} are missing.`);
  const cues = [...readCues(before).cues, ...cuesOfUtterances(result.utterances)];
  const { until, language } = result;
  if (until === null) {
    const track = canonical(spec.language ?? language ?? UNKNOWN_LANGUAGE);
    const { videoId, version } = task;
    const stored = { videoId, version, language: track, cues };
    const statements = await automaticTrack(env, db, stored, now);
    if (!statements) log("captions.not-stored", { ...stored, cues: cues.length });
    return statements ?? [];
  }
  const earlier = `${filesFolder(task.id, task.attempt)}/transcript.vtt`;
  await putText(env, prefix + earlier, writeWebVtt(cues), WEBVTT);
  // A part without speech does not indicate a language.
  const detected = result.utterances.length > 0 ? language : null;
  const next = nextTranscription(spec, task.name, { until, language: detected, earlier });
  return addTasks(db, task, [next], now);
}

/** Recognisers have their own names for some languages. */
function canonical(language: string): string {
  try {
    return new Intl.Locale(language).baseName;
  } catch {
    return UNKNOWN_LANGUAGE;
  }
}
