import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { serveTaskStorage } from "./task-storage.ts";

/** The one host a container can reach; requests to it never leave the Durable Object. */
export const STORAGE_HOST = "task-storage.internal";

const PORT = 8080;
/** Milliseconds without a request after which the container is stopped. */
const IDLE_MS = 5 * 60_000;
/**
 * A cold start takes 1 to 3 s; after this many milliseconds whoever waits is told to come back. The runtime resets an
 * object whose `blockConcurrencyWhile` takes 30 s, or throws.
 */
const START_MS = 20_000;
/** What one look whether it listens may take of that: nobody answers at a port that is not open yet. */
const LOOK_MS = 2000;
/** Seconds. */
const COME_BACK = "10";

/** Answers the container's outbound requests to `STORAGE_HOST`: task storage, with the bucket's binding. */
export class TaskStorage extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Promise<Response> {
    return serveTaskStorage(request, this.env, new URL(request.url).pathname.slice(1));
  }
}

/**
 * One transcoder container, named `runner-{n}`: starts it on demand and passes requests on. The container has
 * no internet and no credential; all it can reach is `TaskStorage`.
 */
export class Runner extends DurableObject<Env> {
  override async fetch(request: Request): Promise<Response> {
    const { container } = this.ctx;
    if (!container) return new Response("This deployment has no containers.", { status: 503 });
    if (!container.running && !(await this.boot(container)))
      return new Response("The container does not answer yet.", {
        status: 503,
        headers: { "retry-after": COME_BACK },
      });
    await container.setInactivityTimeout(IDLE_MS);
    return container.getTcpPort(PORT).fetch(request);
  }

  /**
   * Once at a time: requests that arrive meanwhile wait for the same start.
   * @returns false when it does not answer in time; it may still come up
   */
  private boot(container: Container): Promise<boolean> {
    return this.ctx.blockConcurrencyWhile(async () => {
      if (container.running) return true;
      const deadline = Date.now() + START_MS;
      await container.interceptOutboundHttp(STORAGE_HOST, this.ctx.exports.TaskStorage);
      container.start({
        enableInternet: false,
        env: { PORT: String(PORT), SLOTS: this.env.SLOTS_PER_RUNNER },
      });
      while (!(await answers(container))) {
        if (Date.now() >= deadline) return false;
        await scheduler.wait(250);
      }
      return true;
    });
  }
}

async function answers(container: Container): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(LOOK_MS);
    const health = await container.getTcpPort(PORT).fetch("http://container/health", { signal });
    await health.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
