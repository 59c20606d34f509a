import { type TaskEvent } from "../../../workers/contract/task-event.ts";
import type { Limits, TaskRequest, TaskSpec } from "../../../workers/contract/transcode.ts";
import type { Capabilities } from "./capabilities.ts";
import { TaskFailure } from "./failure.ts";
import { FirstPictures } from "./first-frames.ts";
import type { Job } from "./task-run.ts";
import { openRelay } from "./relay.ts";
import { SourceCache } from "./source-cache.ts";
import { PATIENCE, type Patience, Storage } from "./storage.ts";
import { performTask } from "./perform-task.ts";
import type { Tools } from "./tools.ts";

/** A quiet task repeats its progress: the caller takes a silent one for dead. Milliseconds. */
const HEARTBEAT_MS = 4000;
const PROGRESS_MS = 1000;
/** Without a task for so long, this machine gives the disk back. */
const IDLE_MS = 60_000;

export type RunnerOptions = {
  tools: Tools;
  capabilities: Capabilities;
  slots: number;
  threads: number;
  /** Bytes of memory, and of the disk, that each task may take. */
  memoryLimit: number;
  diskLimit: number;
  /** Bytes of sources that are kept on the disk. */
  cacheLimit: number;
  /** For temporary files. */
  folder: string;
  patience?: Patience;
};

const limitsOf = (spec: TaskSpec): Limits | undefined =>
  spec.kind === "plan" ? spec.settings.limits : spec.kind === "finish" ? undefined : spec.limits;

/** The slots of this machine: what runs now, and what becomes of it when the machine goes down. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #running = new Map<AbortController, Promise<void>>();
  readonly #firstPictures = new FirstPictures();
  #draining = false;
  #cache: SourceCache;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#cache = new SourceCache(options.cacheLimit, options.folder);
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
   * Takes no more tasks; resolves when the running ones have ended. What is left after the grace is handed back.
   *
   * @param grace milliseconds
   */
  async drain(grace: number): Promise<void> {
    this.#draining = true;
    const timer = setTimeout(() => {
      for (const controller of this.#running.keys())
        controller.abort(new TaskFailure("handed_back"));
    }, grace);
    await Promise.all(this.#running.values());
    clearTimeout(timer);
  }

  /**
   * Runs a task in a free slot; events go to `emit`, of which the last is `done` or `failed`.
   *
   * @param gone fires when nobody listens any more
   */
  async run(
    request: TaskRequest,
    gone: AbortSignal,
    emit: (event: TaskEvent) => void,
  ): Promise<void> {
    const controller = new AbortController();
    const onGone = (): void =>
      controller.abort(new TaskFailure("handed_back", "the caller is gone"));
    gone.addEventListener("abort", onGone, { once: true });
    const work = this.#perform(request, controller, emit);
    this.#running.set(controller, work);
    clearTimeout(this.#idle);
    try {
      await work;
    } finally {
      gone.removeEventListener("abort", onGone);
      this.#running.delete(controller);
      if (this.#running.size === 0)
        this.#idle = setTimeout(() => this.#forgetSources(), IDLE_MS).unref();
    }
  }

  #forgetSources(): void {
    const forgotten = this.#cache;
    this.#cache = new SourceCache(this.#options.cacheLimit, this.#options.folder);
    void forgotten[Symbol.asyncDispose]();
  }

  async #perform(
    request: TaskRequest,
    controller: AbortController,
    emit: (event: TaskEvent) => void,
  ): Promise<void> {
    let ratio = 0;
    let progressAt = 0;
    const progress = (): void => {
      progressAt = Date.now();
      emit({ type: "progress", ratio });
    };
    const seconds = limitsOf(request.spec)?.maxTaskSeconds ?? 0;
    const timeout = setTimeout(
      () => controller.abort(new TaskFailure("task_timeout", `${seconds} s`)),
      seconds * 1000,
    );
    const heartbeat = setInterval(progress, HEARTBEAT_MS);
    progress();
    const { tools, capabilities, slots, threads, memoryLimit, diskLimit, folder } = this.#options;
    const patience = this.#options.patience ?? PATIENCE;
    const storage = new Storage(request.storage, controller.signal, patience);
    const { spec } = request;
    const begun =
      spec.kind === "video" && spec.firstSegment === 0 ? this.#firstPictures.expect() : undefined;
    try {
      await using relay = await openRelay(storage, this.#cache, patience.block);
      const job: Job = {
        request,
        storage,
        relay,
        tools,
        capabilities,
        // Who works beside it can wait: viewers cannot begin without these pictures.
        threads: begun === undefined ? threads : threads * slots,
        memoryLimit,
        resident: new Map(),
        diskLimit,
        folder,
        signal: controller.signal,
        emit: (event) => {
          if (event.type === "segments") begun?.();
          if (event.type !== "progress") return emit(event);
          ratio = Math.max(ratio, event.ratio);
          if (Date.now() - progressAt >= PROGRESS_MS) progress();
        },
        firstPictures: () => this.#firstPictures.stored(controller.signal),
      };
      emit({ type: "done", result: await performTask(job) });
    } catch (error) {
      const failure =
        error instanceof TaskFailure
          ? error
          : new TaskFailure("encoder_failed", String(error), { cause: error });
      log(request, failure);
      emit({
        type: "failed",
        code: failure.code,
        detail: failure.message,
        permanent: failure.permanent,
      });
    } finally {
      begun?.();
      clearTimeout(timeout);
      clearInterval(heartbeat);
    }
  }
}

/** One JSON line an operator can search; the storage URL holds a token and stays out. */
const log = (request: TaskRequest, failure: TaskFailure): void => {
  const { taskId, attempt, spec } = request;
  const cause = failure.cause instanceof Error ? failure.cause.stack : undefined;
  console.error(
    JSON.stringify({
      event: "task-failed",
      taskId,
      attempt,
      kind: spec.kind,
      code: failure.code,
      log: failure.log,
      cause,
    }),
  );
};
