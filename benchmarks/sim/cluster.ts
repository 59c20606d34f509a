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
  claimTask,
  expiredTasks,
  releaseTask,
  reportProgress,
  schedulerState,
  type Task,
} from "../../workers/db/transcoding/tasks.ts";
import {
  allSlots,
  freeSlots,
  nextTask,
  type SchedulerState,
} from "../../workers/domain/next-task.ts";
import { afterFailure, type Failure, isRequired } from "../../workers/domain/task-state.ts";
import type { Clock } from "./clock.ts";
import { costOf, planOf } from "./model.ts";

/** As in workers/jobs/drain.ts. */
const PARALLEL_TASKS = 4;
const LOOK_AGAIN_MS = 2000;
const HEARTBEAT_MS = 20_000;
const CRON_MS = 60_000;
/** Each of a dozen consumers looks for expired leases every 10 s. */
const RECOVER_MS = 2000;
/** How long a container is away after it died. */
const RESTART_MS = 30_000;
const LOSS = 0.1;
const DUPLICATION = 0.1;
/** Share of looks at D1 that are overtaken by another consumer's claim before their own. */
const STALE = 0.2;

interface Consumer {
  running: number;
  avoided: Map<number, number>;
  looking: boolean;
}

interface Run {
  task: Task;
  consumer: Consumer;
  /** The runner works and its consumer listens. */
  alive: boolean;
}

export interface Marks {
  arrived: number;
  duration: number;
  started?: number;
  firstPicture?: number;
  firstSound?: number;
  ready?: number;
}

/** Runners, queue and consumers of one deployment in simulated time, over the product's own scheduling and SQL. */
export class Cluster {
  readonly counts = {
    tickets: 0,
    lost: 0,
    duplicated: 0,
    conflicts: 0,
    deaths: 0,
    broken: 0,
    expired: 0,
    fenced: 0,
    refused: 0,
  };
  readonly videos = new Map<string, Marks>();
  /** How often each task's result was taken over. */
  readonly applied = new Map<string, number>();
  /** Slot-milliseconds spent on tasks, whatever came of them. */
  busy = 0;
  readonly #db: Catalog;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #slots;
  readonly #runs = new Set<Run>();
  readonly #down = new Map<number, number>();
  #before: SchedulerState | undefined;
  #changes = 0;

  constructor(db: Catalog, clock: Clock, runners: number, random: () => number) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
    this.#slots = allSlots(runners, 1);
    this.#cron();
    this.#recover();
  }

  /** Sends tickets through a queue that loses some and delivers some twice. */
  tickets(count: number, delay = 0): void {
    for (let index = 0; index < count; index++) {
      this.counts.tickets++;
      if (this.#random() < LOSS) {
        this.counts.lost++;
        continue;
      }
      const copies = this.#random() < DUPLICATION ? 2 : 1;
      this.counts.duplicated += copies - 1;
      for (let copy = 0; copy < copies; copy++) {
        const consumer = { running: 0, avoided: new Map<number, number>(), looking: false };
        this.#clock.after(delay + 50 + this.#random() * 150, () => this.#pump(consumer));
      }
    }
  }

  /** A machine dies. Its task breaks off; half of the time its consumer dies with it and nobody is told. */
  kill(runner: number): void {
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
        // It comes back as a zombie and reports its result long after the lease has run out.
        this.#clock.after(150_000, async () => {
          const held = await commitAttempt(this.#db, run.task, []);
          if (!held) this.counts.fenced++;
        });
      }
    }
  }

  /** One consumer claims what it can, as `drain` does. */
  async #pump(consumer: Consumer): Promise<void> {
    while (consumer.running < PARALLEL_TASKS) {
      const task = await this.#claim(consumer);
      if (!task) break;
      if ((this.#down.get(task.runner ?? -1) ?? 0) > this.#clock.now) {
        this.counts.refused++;
        consumer.avoided.set(task.runner ?? -1, this.#clock.now + 10_000);
        await runBatch(this.#db, [releaseTask(this.#db, task)]);
        this.#changes++;
        continue;
      }
      this.#start(consumer, task);
    }
    if (consumer.running > 0 && consumer.running < PARALLEL_TASKS && !consumer.looking) {
      consumer.looking = true;
      const seen = this.#changes;
      const look = async (): Promise<void> => {
        // Nothing has changed: the answer would be the same.
        if (this.#changes === seen && consumer.running > 0)
          return this.#clock.after(LOOK_AGAIN_MS, look);
        consumer.looking = false;
        if (consumer.running > 0) await this.#pump(consumer);
      };
      this.#clock.after(LOOK_AGAIN_MS, look);
    }
  }

  async #claim(consumer: Consumer): Promise<Task | null> {
    for (let tries = 0; tries < 20; tries++) {
      const { now } = this.#clock;
      const slots = this.#slots.filter(({ runner }) => (consumer.avoided.get(runner) ?? 0) <= now);
      const fresh = await schedulerState(this.#db, slots, now);
      const state = this.#before && this.#random() < STALE ? { ...this.#before, slots } : fresh;
      this.#before = fresh;
      const assignment = nextTask(state);
      if (!assignment) {
        if (state === fresh) return null;
        continue;
      }
      const task = await claimTask(this.#db, assignment, now);
      if (task) {
        this.#changes++;
        return task;
      }
      this.counts.conflicts++;
    }
    return null;
  }

  #start(consumer: Consumer, task: Task): void {
    consumer.running++;
    const run: Run = { task, consumer, alive: true };
    this.#runs.add(run);
    const marks = this.#marks(task);
    marks.started ??= this.#clock.now;
    const milliseconds = costOf(task.spec) * 1000 * (0.85 + 0.3 * this.#random());
    const began = this.#clock.now;
    if (task.kind === "audio") {
      this.#clock.after(Math.min(milliseconds, 2500), async () => {
        if (run.alive) marks.firstSound ??= this.#clock.now;
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
      this.#clock.after(HEARTBEAT_MS, beat);
    };
    this.#clock.after(HEARTBEAT_MS, beat);
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
    const plan = task.kind === "plan" ? planOf(marks.duration, this.#slots.length) : null;
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
    if (task.spec.kind === "video" && task.spec.firstSegment === 0) marks.firstPicture ??= now;
    if (plan) this.tickets(await this.#free());
  }

  async #fail(task: Task, code: string): Promise<void> {
    const { now } = this.#clock;
    const failure: Failure = { code, detail: "", permanent: false };
    const after = afterFailure(task.failures, failure, now);
    const fatal = after.state === "dead" && isRequired(task);
    const held = await commitAttempt(this.#db, task, [
      ...(fatal ? failVideo(this.#db, task, failure, now) : []),
      ...failTask(this.#db, task, failure, after, now),
    ]);
    this.#changes++;
    if (held && after.state === "queued") this.tickets(1, after.notBefore - now);
  }

  async #free(): Promise<number> {
    const state = await schedulerState(this.#db, this.#slots, this.#clock.now);
    return state.runnable.length > 0 ? freeSlots(state.slots, state.running).length : 0;
  }

  #cron(): void {
    this.#clock.after(CRON_MS, async () => {
      this.tickets(await this.#free());
      this.#cron();
    });
  }

  #recover(): void {
    this.#clock.after(RECOVER_MS, async () => {
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
