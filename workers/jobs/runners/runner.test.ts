import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import {
  claimFor,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRow,
} from "../../../tests/support/worker/transcoding.ts";
import { Runner, RUNNER_API_HOST } from "./runner.ts";

afterEach(() => void vi.restoreAllMocks());

/** A container whose runs end as the test decides. */
function fakeContainer() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const container = {
    running: false,
    start: vi.fn<(options: ContainerStartupOptions) => void>(() => {
      container.running = true;
    }),
    destroy: vi.fn<() => Promise<void>>(async () => {
      container.running = false;
    }),
    interceptOutboundHttp: vi.fn<(host: string, handler: unknown) => Promise<void>>(),
    monitor: () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      ends.push({ resolve, reject });
      return promise.finally(() => (container.running = false));
    },
    getTcpPort: () => ({ fetch: async () => new Response("ok") }),
  };
  return { container, ends };
}

/** Runs the Durable Object with this container. */
function withRunner<T>(
  name: string,
  container: unknown,
  use: (runner: Runner, pending: Promise<unknown>[]) => Promise<T>,
): Promise<T> {
  return runInDurableObject(env.RUNNER.getByName(name), async (runner: Runner, state) => {
    const pending: Promise<unknown>[] = [];
    const context = {
      container,
      storage: state.storage,
      waitUntil: (work: Promise<unknown>) => void pending.push(work),
      blockConcurrencyWhile: (work: () => Promise<unknown>) => work(),
      exports: { RunnerApi: ({ props }: { props: unknown }) => props },
    };
    Object.defineProperty(runner, "ctx", { value: context });
    return use(runner, pending);
  });
}

test("a container has no internet access and no credentials, and reaches only the runner API under its own name", async () => {
  const { container, ends } = fakeContainer();
  await withRunner("container-1", container, async (runner, pending) => {
    await runner.wake("container-1");
    await vi.waitFor(() => expect(container.start).toHaveBeenCalledOnce(), 50_000);
    ends[0]?.resolve();
    await Promise.all(pending);
  });
  expect(container.start.mock.calls[0]?.[0]).toMatchObject({
    enableInternet: false,
    env: { RUNNER_ID: "container-1", RUNNER_API: `http://${RUNNER_API_HOST}` },
  });
  expect(JSON.stringify(container.start.mock.calls)).not.toContain("TOKEN");
  expect(container.interceptOutboundHttp.mock.calls).toEqual([
    [RUNNER_API_HOST, { runner: "container-1" }],
  ]);
});

test("waking a container that is starting or running does nothing", async () => {
  const { container, ends } = fakeContainer();
  await withRunner("container-2", container, async (runner, pending) => {
    await Promise.all([runner.wake("container-2"), runner.wake("container-2")]);
    await vi.waitFor(() => expect(container.start).toHaveBeenCalledOnce(), 50_000);
    await runner.wake("container-2");
    ends[0]?.resolve();
    await Promise.all(pending);
    expect(container.start).toHaveBeenCalledOnce();
    await runner.wake("container-2");
    await vi.waitFor(() => expect(container.start).toHaveBeenCalledTimes(2), 50_000);
    ends[1]?.resolve();
    await Promise.all(pending);
  });
});

test("a failed start is reported to the operator and retried after ever longer waits", async () => {
  const waits: number[] = [];
  vi.spyOn(scheduler, "wait").mockImplementation(async (milliseconds) => {
    waits.push(milliseconds);
  });
  const lines: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
  const { container, ends } = fakeContainer();
  container.getTcpPort = () => ({ fetch: () => Promise.reject(new Error("not listening")) });
  const monitor = container.monitor;
  container.monitor = () => {
    const end = monitor();
    ends.at(-1)?.reject(new Error("There is no container instance that can be provided."));
    return end;
  };
  await withRunner("container-3", container, async (runner, pending) => {
    await runner.wake("container-3");
    await Promise.all(pending);
  });
  expect(container.start).toHaveBeenCalledTimes(4);
  expect(waits.filter((wait) => wait >= 2000)).toEqual([2000, 8000, 32_000]);
  expect(lines.map((line) => JSON.parse(line) as { event: string })).toMatchObject(
    Array.from({ length: 4 }, () => ({ event: "runner.start-failed", runner: "container-3" })),
  );
});

test("a restarted Durable Object serves the requests of its running container again", async () => {
  const { container, ends } = fakeContainer();
  container.running = true;
  await withRunner("container-4", container, async (runner, pending) => {
    const { ctx } = runner as unknown as { ctx: DurableObjectState };
    ctx.storage.kv.put("runner", "container-4");
    await Runner.prototype.resume.call(runner);
    expect(container.interceptOutboundHttp.mock.calls).toEqual([
      [RUNNER_API_HOST, { runner: "container-4" }],
    ]);
    ends[0]?.resolve();
    await Promise.all(pending);
  });
});

test.each([
  ["ended", undefined],
  ["was killed", new Error("The container crashed.")],
])("the tasks of a container that %s are given to others at once", async (_how, error) => {
  vi.spyOn(scheduler, "wait").mockResolvedValue();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  await stopEverything();
  const id = await queuedVideo();
  await claimFor(jobContext(), "container-6");
  const { container, ends } = fakeContainer();
  container.running = true;
  await withRunner("container-6", container, async (runner, pending) => {
    const { ctx } = runner as unknown as { ctx: DurableObjectState };
    ctx.storage.kv.put("runner", "container-6");
    await Runner.prototype.resume.call(runner);
    if (error) ends[0]?.reject(error);
    else ends[0]?.resolve();
    await Promise.all(pending);
  });
  const task = await taskRow(id, "plan");
  expect(task).toMatchObject({ state: "queued", runner: null, failures: 0, interruptions: 0 });
});

test("a deployment without containers reports that it has none", async () => {
  await withRunner("container-5", undefined, async (runner) => {
    await expect(runner.wake("container-5")).rejects.toThrow("no containers");
  });
});
