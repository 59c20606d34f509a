import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { serveTaskStorage } from "./storage.ts";

/** The one host a container can reach; requests to it never leave the Durable Object. */
export const STORAGE_HOST = "task-storage.internal";

const PORT = 8080;
/** Milliseconds without a request after which the container is stopped. */
const IDLE_MS = 5 * 60_000;
/** A cold start takes 1 to 3 s; give up after this many tries, 250 ms apart. */
const START_TRIES = 120;

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
    if (!container.running) await this.boot(container);
    await container.setInactivityTimeout(IDLE_MS);
    return container.getTcpPort(PORT).fetch(request);
  }

  /** Once at a time: requests that arrive meanwhile wait for the same start. */
  private boot(container: Container): Promise<void> {
    return this.ctx.blockConcurrencyWhile(async () => {
      if (container.running) return;
      await container.interceptOutboundHttp(STORAGE_HOST, this.ctx.exports.TaskStorage);
      container.start({
        enableInternet: false,
        env: { PORT: String(PORT), SLOTS: this.env.SLOTS_PER_RUNNER },
      });
      for (let tries = 1; ; tries++) {
        try {
          const health = await container.getTcpPort(PORT).fetch("http://container/health");
          await health.body?.cancel();
          return;
        } catch (error) {
          if (tries >= START_TRIES) throw error;
          await scheduler.wait(250);
        }
      }
    });
  }
}
