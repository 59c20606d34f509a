import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { log } from "../../log.ts";
import { countingStorage } from "../../media/counted-bucket.ts";
import { asInvocation } from "../../services/invocation.ts";
import { countingRequest } from "../../services/metrics.ts";
import { withSettings } from "../../services/site-settings.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "../../trace.ts";
import { createRunnerContext } from "../job-context.ts";
import { serveRunnerApi } from "./runner-api.ts";
import { containerEnded } from "./runner-work.ts";

/** The only host that a container can reach. Requests to it never leave the Durable Object. */
export const RUNNER_API_HOST = "runner-api.internal";

const PORT = 8080;
/** A cold start takes 1 to 3 s. A container that does not answer after this long has failed to start. */
const TIMEOUT_START_MS = 60_000;
const TIMEOUT_HEALTH_CHECK_MS = 2000;
const HEALTH_CHECK_INTERVAL_MS = 500;
/** A failed start is repeated this often; after that the cron wakes the runner again, while there is work. */
const MAX_STARTS = 4;
/** The wait after the first failed start; each further wait is four times as long. */
const FIRST_RETRY_MS = 2000;
const RUNNER_KEY = "runner";

/** Serves a container's requests to `RUNNER_API_HOST`. Its Durable Object says which runner it is, not the container. */
export class RunnerApi extends WorkerEntrypoint<Env, { runner: string }> {
  override fetch(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.slice(1);
    const identity = { kind: "container" as const, runner: this.ctx.props.runner };
    const serve = () =>
      asInvocation(
        "runner API",
        async () => {
          const env = await withSettings(countingStorage(this.env));
          return serveRunnerApi(request, env, this.ctx, path, identity);
        },
        requestIdOf(request.headers.get(REQUEST_ID_HEADER)),
      );
    return countingRequest("/api/runner/", this.env, this.ctx, serve);
  }
}

/**
 * One container, named like the runner in it. The process in it asks for work itself and exits when there is none; this
 * object only starts the container and lives as long as it does. The container has no internet access and no
 * credentials. It can reach only `RunnerApi`.
 */
export class Runner extends DurableObject<Env> {
  #isStarting = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(() => this.resume());
  }

  /** Continues with a container that is already running: this object was evicted or redeployed in the meantime. */
  async resume(): Promise<void> {
    const { container, storage } = this.ctx;
    if (!container?.running) return;
    const runner = storage.kv.get<string>(RUNNER_KEY) ?? "";
    await this.#intercept(container, runner);
    this.ctx.waitUntil(endOf(container).then((problem) => this.#afterEnd(runner, problem)));
  }

  /** Starts the container. Does nothing if it is running, so extra calls do no harm. */
  async wake(runner: string): Promise<void> {
    const { container, storage } = this.ctx;
    if (!container) throw new Error("This deployment has no containers.");
    if (container.running || this.#isStarting) return;
    storage.kv.put(RUNNER_KEY, runner);
    this.#isStarting = true;
    // Since compatibility date 2026-10-01 this keeps the object for as long as the container runs.
    this.ctx.waitUntil(this.#run(container, runner).finally(() => (this.#isStarting = false)));
  }

  /** Starts the container and stays until it ends. A start that fails is repeated a few times. */
  async #run(container: Container, runner: string): Promise<void> {
    for (let start = 1; start <= MAX_STARTS; start++) {
      const problem = await this.#start(container, runner);
      if (problem === null) return;
      log("runner.start-failed", { runner, start, error: problem });
      if (container.running) await container.destroy().catch(() => undefined);
      if (start < MAX_STARTS) await scheduler.wait(FIRST_RETRY_MS * 4 ** (start - 1));
    }
  }

  /** @returns why the container did not start; null after one that did has ended */
  async #start(container: Container, runner: string): Promise<string | null> {
    let isEnded = false;
    try {
      await this.#intercept(container, runner);
      container.start({
        enableInternet: false,
        env: {
          PORT: String(PORT),
          SLOTS: this.env.SLOTS_PER_RUNNER,
          RUNNER_API: `http://${RUNNER_API_HOST}`,
          RUNNER_ID: runner,
          RUNNER_IDLE_SECONDS: this.env.RUNNER_IDLE_SECONDS,
        },
      });
      const end = endOf(container).finally(() => (isEnded = true));
      const deadline = Date.now() + TIMEOUT_START_MS;
      while (!isEnded && !(await isHealthy(container))) {
        if (Date.now() >= deadline) return `It did not answer within ${TIMEOUT_START_MS} ms.`;
        await Promise.race([end, scheduler.wait(HEALTH_CHECK_INTERVAL_MS)]);
      }
      return await this.#afterEnd(runner, await end);
    } catch (error) {
      return String(error);
    }
  }

  #intercept(container: Container, runner: string): Promise<void> {
    const api = this.ctx.exports.RunnerApi({ props: { runner } });
    return container.interceptOutboundHttp(RUNNER_API_HOST, api);
  }

  /**
   * Releases the tasks of an ended container at once. This also wakes runners, because work that came while the process
   * was exiting found the container still running.
   * @param problem what was wrong; null if it exited because it had no work
   */
  async #afterEnd(runner: string, problem: string | null): Promise<string | null> {
    const context = createRunnerContext(this.env, this.ctx);
    const reason = problem ?? "The container has ended.";
    await containerEnded(context, runner, reason, Date.now()).catch((error: unknown) =>
      log("runner.wake-failed", { runner, error }),
    );
    return problem;
  }
}

/** Waits until a container ends. @returns what went wrong, if anything */
function endOf(container: Container): Promise<string | null> {
  return container.monitor().then(
    () => null,
    (error: unknown) => String(error),
  );
}

/** Whether the process in the container listens; its response does not matter. */
async function isHealthy(container: Container): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_HEALTH_CHECK_MS);
    const health = await container.getTcpPort(PORT).fetch("http://container/health", { signal });
    await health.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
