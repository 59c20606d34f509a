import type { TaskEvent } from "../contract/task-event.ts";
import { runBatch } from "../db/client.ts";
import { reportProgress, type StoredOutputs, type Task } from "../db/transcoding/tasks.ts";
import { changeVideo, getVideoState, publishedNow } from "../db/videos.ts";
import { log } from "../log.ts";
import { hasFirstSegments } from "../media/publication.ts";
import { relayOutbox } from "../services/outbox.ts";
import { loadPublication } from "../services/publications.ts";
import type { JobContext } from "./job-context.ts";

/** D1 has one writer, so progress is written only when this much time has passed since the last write ... */
const WRITE_INTERVAL_MS = 5000;
/** ... or this share of the task was done, but not more often than every two seconds. */
const WRITE_STEP_RATIO = 0.1;
const MIN_WRITE_INTERVAL_MS = 2000;

type Report = Extract<TaskEvent, { type: "progress" | "segments" }>;

/** Records a running attempt: its progress, its lease, and the segments that can already be watched. */
export class TaskProgress {
  readonly #context: JobContext;
  readonly #task: Task;
  /** Cumulative, and never shorter than what an earlier attempt has already shown to viewers. */
  readonly #stored: StoredOutputs = {};
  #hasNewSegments = false;
  /** True if a viewer may be waiting for the new segments. */
  #isAwaited = false;
  #ratio = 0;
  #written = { at: Date.now(), ratio: 0 };
  #failedAt = 0;

  constructor(context: JobContext, task: Task) {
    this.#context = context;
    this.#task = task;
  }

  /**
   * Never throws: a report that cannot be written is part of the next one, and the lease outlasts several.
   * @returns false when the attempt has lost its task
   */
  async record(report: Report): Promise<boolean> {
    if (report.type === "progress") this.#ratio = report.ratio;
    else if (this.#store(report)) this.#isAwaited = true;
    if (!this.#isDue()) return true;
    try {
      return await this.#write();
    } catch (error) {
      this.#failedAt = Date.now();
      log("task.progress-not-recorded", {
        id: this.#task.id,
        error: String((error as Error).cause ?? error),
      });
      return true;
    }
  }

  async #write(): Promise<boolean> {
    const partial = this.#hasNewSegments ? this.#stored : null;
    const { db } = this.#context;
    const isHeld = await reportProgress(db, this.#task, this.#ratio, partial, Date.now());
    this.#written = { at: Date.now(), ratio: this.#ratio };
    this.#hasNewSegments = false;
    if (isHeld && this.#isAwaited) await announcePlayable(this.#context, this.#task);
    this.#isAwaited = false;
    return isHeld;
  }

  /** @returns true for the first segments of a rendition, which viewers wait for */
  #store({ rendition, output }: Extract<Report, { type: "segments" }>): boolean {
    // Later chunks count only when they are complete, so their partial output is not recorded.
    if (output.firstSegment !== 0) return false;
    const shown = this.#task.partial?.outputs[rendition]?.segments.length ?? 0;
    if (output.segments.length < shown) return false;
    const isFirst = this.#stored[rendition] === undefined;
    this.#stored[rendition] = output;
    this.#hasNewSegments = true;
    return isFirst;
  }

  #isDue(): boolean {
    if (Date.now() - this.#failedAt < MIN_WRITE_INTERVAL_MS) return false;
    const elapsedMs = Date.now() - this.#written.at;
    if (this.#isAwaited || elapsedMs >= WRITE_INTERVAL_MS) return true;
    return (
      elapsedMs >= MIN_WRITE_INTERVAL_MS && this.#ratio - this.#written.ratio >= WRITE_STEP_RATIO
    );
  }
}

/** Makes a video `playable` once the first segments of one video rendition and of the default audio are stored. */
export async function announcePlayable({ db, env }: JobContext, task: Task): Promise<void> {
  if (!startsVideo(task) || (await getVideoState(db, task)) !== "processing") return;
  const loaded = await loadPublication(db, task.videoId, task.version, true);
  if (!loaded || !hasFirstSegments(loaded.plan, loaded.publication)) return;
  const now = Date.now();
  const change = { state: "playable" as const, publishedAt: publishedNow(now) };
  await runBatch(db, changeVideo(db, task, ["processing"], change, now));
  await relayOutbox(env);
}

const startsVideo = ({ spec }: Task): boolean =>
  spec.kind === "audio" || (spec.kind === "video" && spec.firstSegment === 0);
