import type { PlannedTask } from "../../contract/transcodes.ts";
import type { TranscriptionSpec } from "../../contract/transcripts.ts";

/** Prefix of the names of the tasks that make automatic captions. @param part counts from 1 */
export const transcriptionPrefix = (part: number): string => `transcript part ${part}, `;

/**
 * The task that transcribes a part. Parts run one after another, because each one ends at a pause that only its own
 * task knows. They are in the last stage: a runner with a recogniser may be off for a day, and nothing waits for that
 * stage.
 */
function transcriptionTask(spec: TranscriptionSpec, begun: number): PlannedTask {
  return {
    name: `${transcriptionPrefix(spec.part)}${begun}`,
    stage: "publish-downloads",
    priority: "downloads",
    spec,
  };
}

/** @param begun milliseconds since the epoch, in the names of all its tasks */
export function firstTranscription(
  spec: Omit<TranscriptionSpec, "from" | "part" | "earlier">,
  begun: number,
): PlannedTask {
  return transcriptionTask({ ...spec, from: 0, part: 1, earlier: null }, begun);
}

/**
 * @param name of the task before
 * @param earlier the captions up to here, relative to the version
 */
export function nextTranscription(
  spec: TranscriptionSpec,
  name: string,
  { until, language, earlier }: { until: number; language: string | null; earlier: string },
): PlannedTask {
  const begun = Number(name.slice(transcriptionPrefix(spec.part).length));
  const next = { language: spec.language ?? language, from: until, part: spec.part + 1, earlier };
  return transcriptionTask({ ...spec, ...next }, begun);
}
