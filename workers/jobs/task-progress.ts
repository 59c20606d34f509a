import type { TaskEvent } from "../contract/task-event.ts";
import { changeVideo, getVideoState, publishedNow } from "../db/videos.ts";
import { runBatch } from "../db/client.ts";
import { loadPublication } from "../services/publications.ts";
import { reportProgress, type StoredOutputs, type Task } from "../db/transcoding/tasks.ts";
import { hasFirstSegments } from "../media/publication.ts";
import { log } from "../log.ts";
import type { JobContext } from "./context.ts";
import { relayOutbox } from "../services/outbox.ts";

/** D1 has one writer: a task's progress is written when this much time has passed ... */
const WRITE_EVERY_MS = 5000;
/** ... or this much was done since the last write, but not more often than every two seconds. */
const WRITE_STEP = 0.1;
const WRITE_AT_MOST_MS = 2000;

type Report = Extract<TaskEvent, { type: "progress" | "segments" }>;

/** Keeps the record of one running attempt: progress, lease, and the segments that can already be watched. */
export class TaskProgress {
  readonly #jobs: JobContext;
  readonly #task: Task;
  /** Cumulative, and never shorter than what an earlier attempt has already shown to viewers. */
  readonly #stored: StoredOutputs = {};
  #changed = false;
  /** Are there segments that viewers wait for? */
  #awaited = false;
  #ratio = 0;
  #written = { at: Date.now(), ratio: 0 };
  #failedAt = 0;

  constructor(jobs: JobContext, task: Task) {
    this.#jobs = jobs;
    this.#task = task;
  }

  /**
   * Never throws: a report that cannot be written is part of the next, and the lease outlasts several.
   * @returns false when the attempt no longer counts
   */
  async record(report: Report): Promise<boolean> {
    if (report.type === "progress") this.#ratio = report.ratio;
    else if (this.#store(report)) this.#awaited = true;
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
    const partial = this.#changed ? this.#stored : null;
    const held = await reportProgress(this.#jobs.db, this.#task, this.#ratio, partial, Date.now());
    this.#written = { at: Date.now(), ratio: this.#ratio };
    this.#changed = false;
    if (held && this.#awaited) await announcePlayable(this.#jobs, this.#task);
    this.#awaited = false;
    return held;
  }

  /** @returns true for the first segments of a rendition: viewers wait for them */
  #store({ rendition, output }: Extract<Report, { type: "segments" }>): boolean {
    // Later chunks only count when they are complete, so their parts need no record.
    if (output.firstSegment !== 0) return false;
    const shown = this.#task.partial?.outputs[rendition]?.segments.length ?? 0;
    if (output.segments.length < shown) return false;
    const first = this.#stored[rendition] === undefined;
    this.#stored[rendition] = output;
    this.#changed = true;
    return first;
  }

  #isDue(): boolean {
    if (Date.now() - this.#failedAt < WRITE_AT_MOST_MS) return false;
    const elapsed = Date.now() - this.#written.at;
    if (this.#awaited || elapsed >= WRITE_EVERY_MS) return true;
    return elapsed >= WRITE_AT_MOST_MS && this.#ratio - this.#written.ratio >= WRITE_STEP;
  }
}

/** Turns a video `playable` once the first segments of a picture and of the default sound are stored. */
export async function announcePlayable(jobs: JobContext, task: Task): Promise<void> {
  if (!startsVideo(task) || (await getVideoState(jobs.db, task)) !== "processing") return;
  const loaded = await loadPublication(jobs.db, task.videoId, task.version, true);
  if (!loaded || !hasFirstSegments(loaded.plan, loaded.publication)) return;
  const now = Date.now();
  const change = { state: "playable" as const, publishedAt: publishedNow(now) };
  await runBatch(jobs.db, changeVideo(jobs.db, task, ["processing"], change, now));
  await relayOutbox(jobs.env);
}

const startsVideo = ({ spec }: Task): boolean =>
  spec.kind === "audio" || (spec.kind === "video" && spec.firstSegment === 0);
