import { type Catalog, runBatch } from "../../workers/db/client.ts";
import {
  applyPlan,
  commitAttempt,
  failTask,
  failVideo,
  finishTask,
} from "../../workers/db/transcoding/outcomes.ts";
import { changeVideo } from "../../workers/db/videos.ts";
import {
  expiredTasks,
  handBack,
  reportProgress,
  type Task,
} from "../../workers/db/transcoding/tasks.ts";
import { claimTask, countRunnable, countRunning } from "../../workers/db/transcoding/claim.ts";
import { TaskKind } from "../../workers/contract/transcodes.ts";
import { afterFailure, type Failure, isRequired } from "../../workers/domain/task-state.ts";
import type { Clock } from "./clock.ts";
import { costOf, planOf } from "./model.ts";

/** Tasks that one consumer works on at once. */
const PARALLEL_TASKS = 4;
const POLL_MS = 2000;
const HEARTBEAT_INTERVAL_MS = 20_000;
const CRON_INTERVAL_MS = 60_000;
/** A dozen consumers look for expired leases, each every 10 s. */
const RECOVERY_INTERVAL_MS = 2000;
/** Downtime of a container after a failure. */
const RESTART_MS = 30_000;
const LOST_SHARE = 0.1;
const DUPLICATED_SHARE = 0.1;
const CAPABILITIES = {
  kinds: TaskKind.options,
  codecs: ["h264", "av1", "vp9", "aac", "opus"],
} as const;

interface Consumer {
  running: number;
  avoided: Map<string, number>;
  looking: boolean;
}

interface TaskRun {
  task: Task;
  consumer: Consumer;
  /** The runner works and its consumer is connected. */
  alive: boolean;
}

export interface Marks {
  arrived: number;
  duration: number;
  started?: number;
  firstVideo?: number;
  firstAudio?: number;
  ready?: number;
}

/** Runners, queue and consumers of a deployment in simulated time, with the product's scheduling and SQL. */
export class Cluster {
  readonly counts = {
    tickets: 0,
    lost: 0,
    duplicated: 0,
    deaths: 0,
    broken: 0,
    expired: 0,
    fenced: 0,
    refused: 0,
  };
  readonly videos = new Map<string, Marks>();
  /** How often the result of each task was committed. */
  readonly applied = new Map<string, number>();
  /** Slot-milliseconds spent on tasks, also on those that failed. */
  busy = 0;
  readonly #db: Catalog;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #runners: string[];
  readonly #runs = new Set<TaskRun>();
  readonly #down = new Map<string, number>();
  #changes = 0;

  constructor(db: Catalog, clock: Clock, runners: number, random: () => number) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
    this.#runners = Array.from({ length: runners }, (_, index) => `container-${index}`);
    this.#cron();
    this.#recover();
  }

  /** Sends wake messages through a queue that loses some and delivers some twice. */
  wake(count: number, delay = 0): void {
    for (let index = 0; index < count; index++) {
      this.counts.tickets++;
      if (this.#random() < LOST_SHARE) {
        this.counts.lost++;
        continue;
      }
      const copies = this.#random() < DUPLICATED_SHARE ? 2 : 1;
      this.counts.duplicated += copies - 1;
      for (let copy = 0; copy < copies; copy++) {
        const consumer = { running: 0, avoided: new Map<string, number>(), looking: false };
        this.#clock.after(delay + 50 + this.#random() * 150, () => this.#pump(consumer));
      }
    }
  }

  /** Ends a runner and its task; half of the time its consumer ends too, so that the failure is not reported. */
  kill(number: number): void {
    const runner = `container-${number}`;
    this.counts.deaths++;
    this.#down.set(runner, this.#clock.now + RESTART_MS);
    for (const run of this.#runs) {
      if (run.task.runner !== runner) continue;
      run.alive = false;
      this.#runs.delete(run);
      if (this.#random() < 0.5) {
        this.counts.broken++;
        this.#clock.after(100, async () => {
          await this.#fail(run.task, "attempt_interrupted");
          run.consumer.running--;
          await this.#pump(run.consumer);
        });
      } else {
        // It reports its result long after the lease has expired.
        this.#clock.after(150_000, async () => {
          const held = await commitAttempt(this.#db, run.task, []);
          if (!held) this.counts.fenced++;
        });
      }
    }
  }

  /** Lets a consumer claim tasks like `drain`. */
  async #pump(consumer: Consumer): Promise<void> {
    while (consumer.running < PARALLEL_TASKS) {
      const task = await this.#claim(consumer);
      if (!task) break;
      if ((this.#down.get(task.runner ?? "") ?? 0) > this.#clock.now) {
        this.counts.refused++;
        consumer.avoided.set(task.runner ?? "", this.#clock.now + 10_000);
        await runBatch(this.#db, [handBack(this.#db, task)]);
        this.#changes++;
        continue;
      }
      this.#start(consumer, task);
    }
    if (consumer.running > 0 && consumer.running < PARALLEL_TASKS && !consumer.looking) {
      consumer.looking = true;
      const seen = this.#changes;
      const poll = async (): Promise<void> => {
        // Nothing has changed since the last read.
        if (this.#changes === seen && consumer.running > 0) return this.#clock.after(POLL_MS, poll);
        consumer.looking = false;
        if (consumer.running > 0) await this.#pump(consumer);
      };
      this.#clock.after(POLL_MS, poll);
    }
  }

  async #claim(consumer: Consumer): Promise<Task | null> {
    const { now } = this.#clock;
    const fleetSlots = this.#runners.length;
    // Which of the free runners asks first is chance.
    const start = Math.floor(this.#random() * fleetSlots);
    for (const index of this.#runners.keys()) {
      const runner = this.#runners[(start + index) % fleetSlots] ?? "";
      if ((consumer.avoided.get(runner) ?? 0) > now || this.#isBusy(runner)) continue;
      const claim = { runner, capabilities: CAPABILITIES, slots: 1, fleetSlots, now };
      const task = await claimTask(this.#db, claim);
      if (!task) return null;
      this.#changes++;
      return task;
    }
    return null;
  }

  #isBusy(runner: string): boolean {
    return [...this.#runs].some(({ task }) => task.runner === runner);
  }

  #start(consumer: Consumer, task: Task): void {
    consumer.running++;
    const run: TaskRun = { task, consumer, alive: true };
    this.#runs.add(run);
    const marks = this.#marks(task);
    marks.started ??= this.#clock.now;
    const milliseconds = costOf(task.spec) * 1000 * (0.85 + 0.3 * this.#random());
    const began = this.#clock.now;
    if (task.kind === "audio") {
      this.#clock.after(Math.min(milliseconds, 2500), async () => {
        if (run.alive) marks.firstAudio ??= this.#clock.now;
      });
    }
    const beat = async (): Promise<void> => {
      if (!run.alive) return;
      await reportProgress(
        this.#db,
        task,
        (this.#clock.now - began) / milliseconds,
        null,
        this.#clock.now,
      );
      this.#clock.after(HEARTBEAT_INTERVAL_MS, beat);
    };
    this.#clock.after(HEARTBEAT_INTERVAL_MS, beat);
    this.#clock.after(milliseconds, async () => {
      this.busy += task.runner === null ? 0 : this.#clock.now - began;
      if (!run.alive) return;
      run.alive = false;
      this.#runs.delete(run);
      await this.#complete(task, marks);
      consumer.running--;
      await this.#pump(consumer);
    });
  }

  async #complete(task: Task, marks: Marks): Promise<void> {
    const { now } = this.#clock;
    const db = this.#db;
    const plan = task.kind === "plan" ? planOf(marks.duration, this.#runners.length) : null;
    const ready = { state: "ready" as const, publication: task.attempt };
    const held = await commitAttempt(db, task, [
      ...(plan ? applyPlan(db, task, plan, now) : []),
      ...(task.kind === "finish" ? changeVideo(db, task, ["processing"], ready, now) : []),
      ...finishTask(db, task, null, now),
    ]);
    this.#changes++;
    if (!held) {
      this.counts.fenced++;
      return;
    }
    this.applied.set(task.id, (this.applied.get(task.id) ?? 0) + 1);
    if (task.kind === "finish") marks.ready = now;
    if (task.spec.kind === "video" && task.spec.firstSegment === 0) marks.firstVideo ??= now;
    if (plan) this.wake(await this.#free());
  }

  async #fail(task: Task, code: string): Promise<void> {
    const { now } = this.#clock;
    const failure: Failure = { code, detail: "", permanent: false };
    const after = afterFailure(task, failure, now);
    const fatal = after.state === "dead" && isRequired(task);
    const held = await commitAttempt(this.#db, task, [
      ...(fatal ? failVideo(this.#db, task, failure, now) : []),
      ...failTask(this.#db, task, failure, after, now),
    ]);
    this.#changes++;
    if (held && after.state === "queued") this.wake(1, Math.max(0, after.notBefore - now));
  }

  async #free(): Promise<number> {
    const runnable = await countRunnable(this.#db, 1, this.#clock.now);
    return runnable > 0 ? this.#runners.length - (await countRunning(this.#db)) : 0;
  }

  #cron(): void {
    this.#clock.after(CRON_INTERVAL_MS, async () => {
      this.wake(await this.#free());
      this.#cron();
    });
  }

  #recover(): void {
    this.#clock.after(RECOVERY_INTERVAL_MS, async () => {
      for (const task of await expiredTasks(this.#db, this.#clock.now, 100)) {
        this.counts.expired++;
        await this.#fail(task, "lease_expired");
      }
      this.#recover();
    });
  }

  #marks(task: Task): Marks {
    const marks = this.videos.get(task.videoId);
    if (!marks) throw new Error(`No video ${task.videoId}`);
    return marks;
  }
}
