import { type TaskEvent } from "../../../workers/contract/task-event.ts";
import type { Limits } from "../../../workers/contract/task-limits.ts";
import type { TaskRequest, TaskSpec } from "../../../workers/contract/transcodes.ts";
import type { Capabilities } from "./capabilities.ts";
import { TaskFailure } from "./failure.ts";
import { isDiskError } from "./fitness.ts";
import { FirstFrames } from "./first-frames.ts";
import type { TaskRun } from "./task-run.ts";
import { log } from "./log.ts";
import type { Recogniser } from "./recogniser.ts";
import { openRelay } from "./relay.ts";
import { SourceCache } from "./source-cache.ts";
import { RETRY_POLICY, type RetryPolicy, Storage } from "./storage.ts";
import { performTask } from "./perform-task.ts";
import type { Tools } from "./tools.ts";

const MIN_PROGRESS_INTERVAL_MS = 1000;
/** After this time without a task, the source cache is emptied. */
const CACHE_IDLE_TTL_MS = 60_000;

export interface RunnerOptions {
  tools: Tools;
  capabilities: Capabilities;
  /** The speech recogniser of this host, if there is one. */
  recogniser?: Recogniser | null;
  slots: number;
  threads: number;
  /** Limit for each task, including all of its processes. */
  maxMemoryBytes: number;
  /** Limit for each task's temporary files. */
  maxDiskBytes: number;
  /** Limit for the source cache on the disk. */
  maxCacheBytes: number;
  /** Folder for temporary files. */
  folder: string;
  retryPolicy?: RetryPolicy;
  /** Sent with every request to the storage. */
  storageHeaders?: Record<string, string>;
}

function limitsOf(spec: TaskSpec): Limits | undefined {
  return spec.kind === "plan"
    ? spec.settings.limits
    : spec.kind === "finish"
      ? undefined
      : spec.limits;
}

/** Runs tasks on this host; the caller must limit their number. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #running = new Map<AbortController, Promise<void>>();
  readonly #firstFrames = new FirstFrames();
  #abandoned = false;
  #cache: SourceCache;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#cache = new SourceCache(options.maxCacheBytes, options.folder);
  }

  /** Number of tasks that it works on. */
  get running(): number {
    return this.#running.size;
  }

  /** True once all tasks have been given up, with what they reported. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Ends all tasks. */
  abandon(reason: TaskFailure): void {
    this.#abandoned = true;
    for (const controller of this.#running.keys()) controller.abort(reason);
  }

  /**
   * Runs a task. The last event passed to `emit` is `done` or `failed`.
   *
   * @param lost fires when the result is no longer needed
   */
  async run(
    request: TaskRequest,
    lost: AbortSignal,
    emit: (event: TaskEvent) => void,
  ): Promise<void> {
    const controller = new AbortController();
    function onLost(): void {
      controller.abort(new TaskFailure("runner_restarted", "the attempt has lost its task"));
    }
    lost.addEventListener("abort", onLost, { once: true });
    const work = this.#perform(request, controller, emit);
    this.#running.set(controller, work);
    clearTimeout(this.#idleTimer);
    try {
      await work;
    } finally {
      lost.removeEventListener("abort", onLost);
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
    progress();
    const { tools, capabilities, slots, threads, maxMemoryBytes, maxDiskBytes, folder } =
      this.#options;
    const { storageHeaders } = this.#options;
    const policy = this.#options.retryPolicy ?? RETRY_POLICY;
    const storage = new Storage(request.storage, controller.signal, policy, storageHeaders);
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
        recogniser: this.#options.recogniser ?? null,
        // Viewers are waiting for these frames, while its other tasks can wait.
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
      const failure = failureOf(error);
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
    }
  }
}

function failureOf(error: unknown): TaskFailure {
  if (isDiskError(error))
    return new TaskFailure("runner_disk_full", String(error), { cause: error });
  if (error instanceof TaskFailure) return error;
  return new TaskFailure("encoder_failed", String(error), { cause: error });
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
