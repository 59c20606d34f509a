import { type TaskEvent } from "../../../workers/contract/task-event.ts";
import type { Limits } from "../../../workers/contract/task-limits.ts";
import type { TaskRequest, TaskSpec } from "../../../workers/contract/transcodes.ts";
import type { Capabilities } from "./capabilities.ts";
import { TaskFailure } from "./failure.ts";
import { FirstFrames } from "./first-frames.ts";
import type { TaskRun } from "./task-run.ts";
import { log } from "./log.ts";
import { openRelay } from "./relay.ts";
import { SourceCache } from "./source-cache.ts";
import { RETRY_POLICY, type RetryPolicy, Storage } from "./storage.ts";
import { performTask } from "./perform-task.ts";
import type { Tools } from "./tools.ts";

/** How often a task repeats its progress; the caller considers a silent task dead. */
const HEARTBEAT_INTERVAL_MS = 4000;
const MIN_PROGRESS_INTERVAL_MS = 1000;
/** After this time without a task, the source cache is emptied. */
const CACHE_IDLE_TTL_MS = 60_000;

export interface RunnerOptions {
  tools: Tools;
  capabilities: Capabilities;
  slots: number;
  threads: number;
  /** For each task, all its processes together. */
  maxMemoryBytes: number;
  /** For each task's temporary files. */
  maxDiskBytes: number;
  /** For the source cache on the disk. */
  maxCacheBytes: number;
  /** For temporary files. */
  folder: string;
  retryPolicy?: RetryPolicy;
}

function limitsOf(spec: TaskSpec): Limits | undefined {
  return spec.kind === "plan"
    ? spec.settings.limits
    : spec.kind === "finish"
      ? undefined
      : spec.limits;
}

/** Runs tasks in this host's slots, and hands them back when the host shuts down. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #running = new Map<AbortController, Promise<void>>();
  readonly #firstFrames = new FirstFrames();
  #draining = false;
  #cache: SourceCache;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#cache = new SourceCache(options.maxCacheBytes, options.folder);
  }

  get running(): number {
    return this.#running.size;
  }

  get full(): boolean {
    return this.#running.size >= this.#options.slots;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Stops accepting tasks. Resolves when the running ones have ended; those that are still running after the grace
   * period are handed back.
   */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    const timer = setTimeout(() => {
      for (const controller of this.#running.keys())
        controller.abort(new TaskFailure("runner_restarted"));
    }, graceMs);
    await Promise.all(this.#running.values());
    clearTimeout(timer);
  }

  /**
   * Runs a task in a free slot. The last event passed to `emit` is `done` or `failed`.
   *
   * @param gone fires when the caller has disconnected
   */
  async run(
    request: TaskRequest,
    gone: AbortSignal,
    emit: (event: TaskEvent) => void,
  ): Promise<void> {
    const controller = new AbortController();
    function onGone(): void {
      controller.abort(new TaskFailure("runner_restarted", "the caller disconnected"));
    }
    gone.addEventListener("abort", onGone, { once: true });
    const work = this.#perform(request, controller, emit);
    this.#running.set(controller, work);
    clearTimeout(this.#idleTimer);
    try {
      await work;
    } finally {
      gone.removeEventListener("abort", onGone);
      this.#running.delete(controller);
      if (this.#running.size === 0)
        this.#idleTimer = setTimeout(() => this.#emptyCache(), CACHE_IDLE_TTL_MS).unref();
    }
  }

  #emptyCache(): void {
    const previous = this.#cache;
    this.#cache = new SourceCache(this.#options.maxCacheBytes, this.#options.folder);
    void previous[Symbol.asyncDispose]();
  }

  async #perform(
    request: TaskRequest,
    controller: AbortController,
    emit: (event: TaskEvent) => void,
  ): Promise<void> {
    let ratio = 0;
    let lastProgressAt = 0;
    function progress(): void {
      lastProgressAt = Date.now();
      emit({ type: "progress", ratio });
    }
    const maxSeconds = limitsOf(request.spec)?.maxTaskSeconds ?? 0;
    const timeout = setTimeout(
      () => controller.abort(new TaskFailure("task_timeout", `longer than ${maxSeconds} s`)),
      maxSeconds * 1000,
    );
    const heartbeat = setInterval(progress, HEARTBEAT_INTERVAL_MS);
    progress();
    const { tools, capabilities, slots, threads, maxMemoryBytes, maxDiskBytes, folder } =
      this.#options;
    const policy = this.#options.retryPolicy ?? RETRY_POLICY;
    const storage = new Storage(request.storage, controller.signal, policy);
    const { spec } = request;
    const firstFramesStored =
      spec.kind === "video" && spec.firstSegment === 0 ? this.#firstFrames.expect() : undefined;
    try {
      await using relay = await openRelay(storage, this.#cache, policy.blockTimeoutMs);
      const run: TaskRun = {
        request,
        storage,
        relay,
        tools,
        capabilities,
        // Viewers are waiting for these frames; the tasks beside it can wait.
        threads: firstFramesStored === undefined ? threads : threads * slots,
        maxMemoryBytes,
        residentBytes: new Map(),
        maxDiskBytes,
        folder,
        signal: controller.signal,
        emit: (event) => {
          if (event.type === "segments") firstFramesStored?.();
          if (event.type !== "progress") return emit(event);
          ratio = Math.max(ratio, event.ratio);
          if (Date.now() - lastProgressAt >= MIN_PROGRESS_INTERVAL_MS) progress();
        },
        waitForFirstFrames: () => this.#firstFrames.stored(controller.signal),
      };
      emit({ type: "done", result: await performTask(run) });
    } catch (error) {
      const failure =
        error instanceof TaskFailure
          ? error
          : new TaskFailure("encoder_failed", String(error), { cause: error });
      logTaskFailure(request, failure);
      emit({
        type: "failed",
        code: failure.code,
        detail: failure.message,
        permanent: failure.permanent,
      });
    } finally {
      firstFramesStored?.();
      clearTimeout(timeout);
      clearInterval(heartbeat);
    }
  }
}

function logTaskFailure({ taskId, attempt, spec }: TaskRequest, failure: TaskFailure): void {
  log("task.failed", {
    taskId,
    attempt,
    kind: spec.kind,
    code: failure.code,
    log: failure.log,
    cause: failure.cause instanceof Error ? failure.cause.stack : undefined,
  });
}
