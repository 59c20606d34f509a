import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { cronUrls } from "../../scripts/dev/crons.ts";
import { reservePorts } from "../../scripts/product/dev-stack.ts";
import { killNow, processesWith, type RunningProcess } from "./processes.ts";

const SCRIPT = resolve(import.meta.dirname, "../../scripts/dev.ts");
const TIMEOUT_START_MS = 300_000;
const TIMEOUT_END_MS = 20_000;
const POLL_MS = 100;
const MAX_LINES = 200;

/** The product as started by `npm run dev`, which is restarted whenever it ends. */
export class RestartingStack {
  readonly origin: string;
  /** Folder of the databases and objects. */
  readonly state: string;
  /** Durations of the starts that were not killed. */
  readonly startSeconds: number[] = [];
  /** Processes that outlived the script that had started them. */
  readonly survivors: RunningProcess[] = [];
  readonly #workerOrigin: string;
  readonly #lines: string[] = [];
  readonly #env: NodeJS.ProcessEnv;
  readonly #mark: string;
  readonly #failed = Promise.withResolvers<never>();
  #child: ChildProcess | undefined;
  #isStopping = false;

  private constructor(folder: string, ports: Record<string, string>) {
    this.state = join(folder, "state");
    this.#mark = `KINORA_STATE=${this.state}`;
    this.#env = {
      ...process.env,
      ...ports,
      KINORA_STATE: this.state,
      TMPDIR: join(folder, "tmp"),
    };
    this.origin = `http://localhost:${ports["KINORA_SITE_PORT"]}`;
    this.#workerOrigin = `http://localhost:${ports["KINORA_WORKER_PORT"]}`;
  }

  /** @param folder for its state and its temporary files */
  static async start(folder: string): Promise<RestartingStack> {
    const stack = new RestartingStack(folder, await reservePorts(1));
    await stack.#start();
    return stack;
  }

  /** Rejects when the product cannot be started again; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** All processes of the product. */
  processes(): Promise<RunningProcess[]> {
    return processesWith(this.#mark);
  }

  /** Runs all crons of the Worker, which otherwise run once per minute. */
  async runCrons(): Promise<void> {
    for (const url of cronUrls(this.#workerOrigin))
      await (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_START_MS) })).text();
  }

  /** Ends it like Ctrl-C. Processes that survive this are killed and counted in `survivors`. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child?.kill("SIGINT");
    await this.#untilGone();
  }

  /** Waits until none of its processes lives. */
  async #untilGone(): Promise<void> {
    const end = performance.now() + TIMEOUT_END_MS;
    for (;;) {
      const alive = await this.processes();
      if (alive.length === 0) return;
      if (performance.now() > end) {
        this.survivors.push(...alive);
        for (const { pid } of alive) killNow(pid);
        return;
      }
      await wait(POLL_MS);
    }
  }

  async #start(): Promise<void> {
    const since = performance.now();
    const child = spawn(process.execPath, [SCRIPT], {
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const isReady = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#lines.push(text);
        if (this.#lines.length > MAX_LINES) this.#lines.shift();
        if (text.includes("Kinora is ready")) isReady.resolve();
      });
    const ended = once(child, "exit");
    void ended.then(() => this.#startAgain()).catch((error) => this.#failed.reject(error));
    // A start that is killed is repeated as well, and all callers get the newest start.
    const outcome = await Promise.race([
      isReady.promise.then(() => "ready"),
      ended.then(() => "ended"),
      wait(TIMEOUT_START_MS, "slow", { ref: false }),
    ]);
    if (outcome === "ready") this.startSeconds.push((performance.now() - since) / 1000);
    if (outcome === "slow") throw new Error(`It was not ready in time:\n${this.#lines.join("")}`);
  }

  async #startAgain(): Promise<void> {
    if (this.#isStopping) return;
    await this.#untilGone();
    if (!this.#isStopping) await this.#start();
  }
}
