import { WorkLoop } from "../../containers/transcoder/runtime/work-loop.ts";
import type {
  ClaimAnswer,
  ClaimedTask,
  ClaimRequest,
  HandBack,
  ProgressReport,
  ResultReport,
} from "../../workers/contract/runner-api.ts";
import type { TaskEvent } from "../../workers/contract/task-event.ts";
import type { TaskRequest } from "../../workers/contract/transcodes.ts";
import { waitForWork } from "../../workers/jobs/runners/runner-api.ts";
import type { RunnerContext } from "../../workers/jobs/job-context.ts";
import { recordProgress, recordResult, takeBack } from "../../workers/jobs/runners/runner-work.ts";
import { costOf, firstOutputsOf, planOf, resultOf } from "./model.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Time from the start order until the process in the container asks for work. */
const COLD_START_MS = 3000;
/** The container's own default. */
const GRACE_MS = 10_000;
/** Latency of one way between a container and the Worker. */
const NETWORK_MS = 5;
/** Share of calls that fail in the second after a deploy, while isolates are replaced. */
const BROKEN_SHARE = 0.1;
const BROKEN_MS = 1000;
/** Time until the first segments are stored. */
const FIRST_SEGMENTS_MS = 2500;

export interface FleetOptions {
  idleMs: number;
  /** The context of the Worker's jobs. */
  context: () => RunnerContext;
  /** Duration of the video whose source has this key, in seconds. */
  durationOf: (sourceKey: string) => number;
  /** Called when a container has ended in any way. */
  onEnd: (id: string) => void;
  /** Called when a runner has got a task. */
  onStart: (task: ClaimedTask) => void;
  random: () => number;
}

/** Containers in simulated time: each runs the container's real loop, which works through the Worker's real code. */
export class Fleet {
  readonly counts = { coldStarts: 0, deaths: 0, stopped: 0, brokenCalls: 0, ended: 0 };
  /** Milliseconds for which containers encoded. */
  busyMs = 0;
  #endedAliveMs = 0;
  readonly #time: VirtualTime;
  readonly #options: FleetOptions;
  readonly #containers = new Map<string, SimContainer>();
  #brokenUntil = 0;

  constructor(time: VirtualTime, options: FleetOptions) {
    this.#time = time;
    this.#options = options;
  }

  /** Milliseconds for which containers ran. */
  get aliveMs(): number {
    const running = [...this.#containers.values()];
    return running.reduce((sum, { began }) => sum + this.#time.now - began, this.#endedAliveMs);
  }

  /** Acts like the Durable Object, which makes the container run. */
  wake(id: string): void {
    if (this.#containers.has(id)) return;
    this.counts.coldStarts++;
    const container = new SimContainer();
    this.#containers.set(id, container);
    container.began = this.#time.now;
    this.#time.after(COLD_START_MS, () => {
      if (container.isDead) return;
      container.loop = this.#loop(id, container);
      void container.loop.run().then(async () => {
        await container.stopping;
        if (container.isDead) return;
        container.isDead = true;
        this.counts.ended++;
        this.#remove(id, container);
      });
    });
    container.onDeath = () => this.#remove(id, container);
  }

  /** Ends a container at once, as when its host dies. */
  kill(): void {
    const ids = [...this.#containers.keys()];
    const id = ids[Math.floor(this.#options.random() * ids.length)];
    const container = id === undefined ? undefined : this.#containers.get(id);
    if (!container?.loop) return;
    this.counts.deaths++;
    container.isDead = true;
    container.onDeath();
  }

  /** Replaces the Worker, and every container: some at once, the others a minute later. */
  deploy(): void {
    this.#brokenUntil = this.#time.now + BROKEN_MS;
    for (const [index, container] of [...this.#containers.values()].entries())
      this.#time.after(index % 10 === 0 ? 0 : 60_000 + this.#options.random() * 5000, () =>
        this.#stop(container),
      );
  }

  #stop(container: SimContainer): void {
    if (container.isDead || !container.loop || container.stopping) return;
    this.counts.stopped++;
    container.stopping = container.loop.stop(GRACE_MS);
  }

  #remove(id: string, { began }: SimContainer): void {
    this.#endedAliveMs += this.#time.now - began;
    this.#containers.delete(id);
    this.#options.onEnd(id);
  }

  #loop(id: string, container: SimContainer): WorkLoop {
    const { idleMs } = this.#options;
    return new WorkLoop({
      api: this.#api(container),
      id,
      runner: this.#runner(container),
      capabilities: {
        kinds: ["plan", "remux", "video", "audio", "images", "captions", "download"],
        codecs: ["h264", "vp9", "av1", "aac", "opus"],
      },
      // The value of SLOTS_PER_RUNNER.
      slots: 1,
      idleMs,
      unfitness: async () => null,
    } as never);
  }

  /** The runner API over a network; a dead container never gets a response. */
  #api(container: SimContainer) {
    const call = async <T>(work: (context: RunnerContext) => Promise<T>): Promise<T> => {
      await this.#hop(container);
      if (this.#time.now < this.#brokenUntil && this.#options.random() < BROKEN_SHARE) {
        this.counts.brokenCalls++;
        throw new Error("The connection was lost.");
      }
      const answer = await work(this.#options.context());
      await this.#hop(container);
      return answer;
    };
    return {
      claim: async (request: ClaimRequest): Promise<ClaimAnswer> => {
        const answer = await call((context) => waitForWork(context, "container", request));
        if (answer.type === "task") this.#options.onStart(answer.task);
        return answer;
      },
      progress: (report: ProgressReport) =>
        call((context) => recordProgress(context, report, Date.now())),
      result: (report: ResultReport) =>
        call((context) => recordResult(context, report, Date.now())),
      handBack: (handBack: HandBack) => call((context) => takeBack(context, handBack, Date.now())),
      storageUrl: (token: string) => token,
    };
  }

  async #hop(container: SimContainer): Promise<void> {
    await this.#time.sleep(NETWORK_MS);
    if (container.isDead) await new Promise(() => undefined);
  }

  /** An encoder that takes as long as the model says. */
  #runner(container: SimContainer) {
    const stopping = new AbortController();
    const time = this.#time;
    const encode = async (
      request: TaskRequest,
      signal: AbortSignal,
      onEvent: (event: TaskEvent) => void,
    ): Promise<void> => {
      const { spec } = request;
      const took = costOf(spec) * 1000 * (0.85 + 0.3 * this.#options.random());
      const began = time.now;
      const end = until(AbortSignal.any([signal, stopping.signal]));
      const first = firstOutputsOf(spec);
      if (first.length > 0) {
        await Promise.race([time.sleep(Math.min(FIRST_SEGMENTS_MS, took)), end]);
        if (!stopping.signal.aborted && !signal.aborted)
          for (const [rendition, output] of first) onEvent({ type: "segments", rendition, output });
      }
      await Promise.race([time.sleep(began + took - time.now), end]);
      this.busyMs += time.now - began;
      if (container.isDead || stopping.signal.aborted || signal.aborted) return;
      const duration = this.#options.durationOf(request.inputs["source"] ?? "");
      onEvent({
        type: "done",
        result: resultOf(spec, (settings) => planOf(duration, settings)),
      });
    };
    return {
      run: encode,
      get abandoned(): boolean {
        return stopping.signal.aborted;
      },
      abandon: () => stopping.abort(),
    };
  }
}

function until(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

class SimContainer {
  began = 0;
  isDead = false;
  loop: WorkLoop | undefined;
  stopping: Promise<void> | undefined;
  onDeath: () => void = () => undefined;
}
