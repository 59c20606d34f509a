import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { serveTaskStorage } from "./task-storage.ts";

/** The only host that a container can reach. Requests to it never leave the Durable Object. */
export const STORAGE_HOST = "task-storage.internal";

const PORT = 8080;
/** The container is stopped after this long without a request. */
const TIMEOUT_IDLE_MS = 5 * 60_000;
/**
 * A cold start takes 1 to 3 s. After this long, waiting requests are told to retry. The runtime resets an object whose
 * `blockConcurrencyWhile` takes 30 s or throws.
 */
const TIMEOUT_START_MS = 20_000;
/** Limit of one health check: a request to a port that is not open yet gets no response. */
const TIMEOUT_HEALTH_CHECK_MS = 2000;
const RETRY_AFTER_SECONDS = "10";
const HEALTH_CHECK_INTERVAL_MS = 250;

/** Serves the container's outbound requests to `STORAGE_HOST`, with the bucket's binding. */
export class TaskStorage extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Promise<Response> {
    return serveTaskStorage(request, this.env, new URL(request.url).pathname.slice(1));
  }
}

/**
 * One transcoder container, named `runner-{n}`: starts it on demand and forwards requests to it. The container has no
 * internet access and no credentials. It can reach only `TaskStorage`.
 */
export class Runner extends DurableObject<Env> {
  override async fetch(request: Request): Promise<Response> {
    const { container } = this.ctx;
    if (!container) return new Response("This deployment has no containers.", { status: 503 });
    if (!container.running && !(await this.boot(container)))
      return new Response("The container does not respond yet.", {
        status: 503,
        headers: { "retry-after": RETRY_AFTER_SECONDS },
      });
    await container.setInactivityTimeout(TIMEOUT_IDLE_MS);
    return container.getTcpPort(PORT).fetch(request);
  }

  /**
   * Requests that arrive meanwhile wait for the same start.
   * @returns false when the container does not answer in time; it may still come up
   */
  private boot(container: Container): Promise<boolean> {
    return this.ctx.blockConcurrencyWhile(async () => {
      if (container.running) return true;
      const deadline = Date.now() + TIMEOUT_START_MS;
      await container.interceptOutboundHttp(STORAGE_HOST, this.ctx.exports.TaskStorage);
      container.start({
        enableInternet: false,
        env: { PORT: String(PORT), SLOTS: this.env.SLOTS_PER_RUNNER },
      });
      while (!(await isHealthy(container))) {
        if (Date.now() >= deadline) return false;
        await scheduler.wait(HEALTH_CHECK_INTERVAL_MS);
      }
      return true;
    });
  }
}

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
