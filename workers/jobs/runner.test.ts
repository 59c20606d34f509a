import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { type Runner, STORAGE_HOST } from "./runner.ts";

afterEach(() => void vi.restoreAllMocks());

/** The context of a Durable Object, with a container whose health check is `health`. */
function fakeContext(health: () => Promise<Response>) {
  const container = {
    running: false,
    start: vi.fn<(options: ContainerStartupOptions) => void>(() => {
      container.running = true;
    }),
    interceptOutboundHttp: vi.fn<(host: string, handler: unknown) => Promise<void>>(),
    setInactivityTimeout: vi.fn<() => void>(),
    getTcpPort: () => ({
      fetch: (request: Request | string) =>
        typeof request === "string" ? health() : Promise.resolve(new Response("served")),
    }),
  };
  const blockConcurrencyWhile = <T>(work: () => Promise<T>): Promise<T> => work();
  return { container, blockConcurrencyWhile, exports: { TaskStorage: "task storage" } };
}

/** Sends a request to a runner with this context. */
function request(name: string, context: ReturnType<typeof fakeContext>): Promise<Response> {
  return runInDurableObject(env.RUNNER.getByName(name), async (runner: Runner) => {
    Object.defineProperty(runner, "ctx", { value: context });
    return runner.fetch(new Request("http://runner/tasks"));
  });
}

test("a container has no internet access and can reach only task storage", async () => {
  const context = fakeContext(() => Promise.resolve(new Response("ok")));
  expect(await (await request("offline", context)).text()).toBe("served");
  expect(context.container.start).toHaveBeenCalledOnce();
  expect(context.container.start.mock.calls[0]?.[0]).toMatchObject({ enableInternet: false });
  expect(context.container.interceptOutboundHttp.mock.calls).toEqual([
    [STORAGE_HOST, "task storage"],
  ]);
});

test("a container that does not start is given up before the runtime resets the object", async () => {
  let now = Date.now();
  const started = now;
  vi.spyOn(Date, "now").mockImplementation(() => now);
  vi.spyOn(scheduler, "wait").mockImplementation((milliseconds) => {
    now += milliseconds;
    return Promise.resolve();
  });
  // A health check of a port that is not open yet takes as long as it may.
  const context = fakeContext(() => {
    now += 2000;
    return Promise.reject(new Error("not listening"));
  });
  const response = await request("slow", context);
  expect(now - started).toBeLessThan(25_000);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("10");
});
