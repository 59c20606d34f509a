import type { TaskKind, TaskResult } from "../../contract/transcodes.ts";

interface EndedTask {
  kind: TaskKind;
  state: "queued" | "running" | "done" | "dead";
  errorCode: string | null;
  result: TaskResult | null;
}

/** Chunks of video and audio are published together, and belong together. */
const groupOf = (kind: TaskKind) => (kind === "video" || kind === "audio" ? "media" : kind);

/** Dead by its own failures, so that it may be tried again. */
const isRetryable = ({ state, errorCode }: EndedTask): boolean =>
  state === "dead" && errorCode !== "cancelled";

/**
 * Whether no later work needs the row of a task whose transcode has ended. Of a failed transcode nothing is needed. Of
 * another these stay: downloads, which are offered from their rows; tasks that may be tried again, with all others of their
 * kind; and segments that are not yet published.
 * @param tasks all rows of the version
 */
export function isArchivable(
  task: EndedTask,
  tasks: readonly EndedTask[],
  state: "active" | "paused" | "done" | "failed",
): boolean {
  if (state === "failed") return task.state !== "running";
  if (state !== "done" || task.kind === "download") return false;
  const { result } = task;
  if (result?.kind === "media" && Object.keys(result.outputs).length > 0) return false;
  return !tasks.some((other) => isRetryable(other) && groupOf(other.kind) === groupOf(task.kind));
}
