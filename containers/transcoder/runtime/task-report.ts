import { setTimeout as pause } from "node:timers/promises";
import {
  type ClaimedTask,
  NEWS_INTERVAL_MS,
  PROGRESS_INTERVAL_MS,
  type ProgressReport,
  type TaskOutcome,
} from "../../../workers/contract/runner-api.ts";
import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import { log } from "./log.ts";
import { CallRefused, type RunnerApi } from "./runner-api.ts";

/** The first segments of several renditions end at nearly the same time: one report covers all of them. */
const FIRST_SEGMENTS_PAUSE_MS = 50;
/** A result is repeated with growing waits until the Worker answers; every wait is at most this long. */
const MAX_RETRY_DELAY_MS = 5000;
const FIRST_RETRY_DELAY_MS = 250;
/** If the Worker does not accept a result within this time, it never will. */
const TIMEOUT_RESULT_MS = 15 * 60_000;

/**
 * Reports one attempt to the Worker: progress at regular intervals, which keeps its lease until the result has been
 * answered, and segments that viewers wait for at once.
 */
export class TaskReport {
  readonly #api: RunnerApi;
  readonly #runner: string;
  readonly #task: Pick<ClaimedTask, "taskId" | "attempt">;
  readonly #onStop: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  /** Renditions that have already been reported. */
  readonly #seen = new Set<string>();
  #firstSegments: NodeJS.Timeout | undefined;
  #ratio = 0;
  #outputs: ProgressReport["outputs"] = {};
  #sending: Promise<void> | undefined;
  #isDue = false;
  #sentAt = Date.now();
  #outcome: TaskOutcome | undefined;

  /** @param onStop called when the attempt has lost its task */
  constructor(
    api: RunnerApi,
    runner: string,
    { taskId, attempt }: Pick<ClaimedTask, "taskId" | "attempt">,
    onStop: () => void,
  ) {
    this.#api = api;
    this.#runner = runner;
    this.#task = { taskId, attempt };
    this.#onStop = onStop;
    this.#heartbeat = setInterval(() => this.#sendIfDue(), NEWS_INTERVAL_MS);
  }

  add(event: TaskEvent): void {
    switch (event.type) {
      case "progress":
        this.#ratio = event.ratio;
        return;
      case "segments": {
        this.#outputs[event.rendition] = event.output;
        const isFirst = !this.#seen.has(event.rendition);
        this.#seen.add(event.rendition);
        if (isFirst)
          this.#firstSegments ??= setTimeout(() => this.#sendFirst(), FIRST_SEGMENTS_PAUSE_MS);
        return;
      }
      case "done":
      case "failed":
        this.#outcome = event;
    }
  }

  /** How the attempt ended, once it has. */
  get outcome(): TaskOutcome | undefined {
    return this.#outcome;
  }

  /** Reports the result until the Worker answers. */
  async end(outcome: TaskOutcome): Promise<void> {
    const deadline = Date.now() + TIMEOUT_RESULT_MS;
    const report = { ...this.#task, runner: this.#runner, outcome };
    for (let delay = FIRST_RETRY_DELAY_MS; ; delay = Math.min(2 * delay, MAX_RETRY_DELAY_MS)) {
      try {
        await this.#api.result(report);
        return;
      } catch (error) {
        log("report.failed", { ...this.#task, report: "result", error: String(error) });
        if (error instanceof CallRefused || Date.now() >= deadline) return;
      }
      await pause(delay);
    }
  }

  /** Ends the reports of progress. */
  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#firstSegments);
  }

  #sendFirst(): void {
    this.#firstSegments = undefined;
    this.#send();
  }

  #sendIfDue(): void {
    const hasNews = Object.keys(this.#outputs).length > 0;
    // A timer may come a moment early.
    const quietMs = Date.now() - this.#sentAt + NEWS_INTERVAL_MS / 2;
    if (hasNews || quietMs >= PROGRESS_INTERVAL_MS) this.#send();
  }

  /** Reports are sent one at a time; events during a report are part of the next. */
  #send(): void {
    if (this.#sending !== undefined) {
      this.#isDue = true;
      return;
    }
    this.#isDue = false;
    this.#sentAt = Date.now();
    this.#sending = this.#report().finally(() => {
      this.#sending = undefined;
      if (this.#isDue) this.#send();
    });
  }

  async #report(): Promise<void> {
    const outputs = this.#outputs;
    this.#outputs = {};
    const report = { ...this.#task, runner: this.#runner, ratio: this.#ratio, outputs };
    try {
      const { type } = await this.#api.progress(report);
      if (type === "stop") this.#onStop();
    } catch (error) {
      // Newer segments of the same rendition include the older ones.
      this.#outputs = { ...outputs, ...this.#outputs };
      log("report.failed", { ...this.#task, report: "progress", error: String(error) });
      if (error instanceof CallRefused) this.#onStop();
    }
  }
}
