import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { type Runner, STORAGE_HOST } from "./runner.ts";

afterEach(() => void vi.restoreAllMocks());

/** What the runtime gives the object, with a container that answers as `health` does. */
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

/** Has a runner with this context answer. */
const ask = (name: string, context: ReturnType<typeof fakeContext>): Promise<Response> =>
  runInDurableObject(env.RUNNER.getByName(name), async (runner: Runner) => {
    Object.defineProperty(runner, "ctx", { value: context });
    return runner.fetch(new Request("http://runner/tasks"));
  });

test("a container has no internet: all that it reaches is task storage", async () => {
  const context = fakeContext(() => Promise.resolve(new Response("ok")));
  expect(await (await ask("offline", context)).text()).toBe("served");
  expect(context.container.start).toHaveBeenCalledOnce();
  expect(context.container.start.mock.calls[0]?.[0]).toMatchObject({ enableInternet: false });
  expect(context.container.interceptOutboundHttp.mock.calls).toEqual([
    [STORAGE_HOST, "task storage"],
  ]);
});

test("one that does not come up is given up well before the runtime resets the object", async () => {
  let now = Date.now();
  const started = now;
  vi.spyOn(Date, "now").mockImplementation(() => now);
  vi.spyOn(scheduler, "wait").mockImplementation((milliseconds) => {
    now += milliseconds;
    return Promise.resolve();
  });
  // A look at a port that nobody listens at yet takes as long as it may.
  const context = fakeContext(() => {
    now += 2000;
    return Promise.reject(new Error("not listening"));
  });
  const response = await ask("slow", context);
  expect(now - started).toBeLessThan(25_000);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("10");
});
