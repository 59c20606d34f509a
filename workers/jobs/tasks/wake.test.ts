import { env } from "cloudflare:workers";
import { createMessageBatch } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CountingD1 } from "../../../tests/support/worker/counting-d1.ts";
import { examplePlan } from "../../../tests/support/worker/plan.ts";
import {
  claimFor,
  claimOf,
  encoderFailed,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import type { PlannedTask } from "../../contract/transcodes.ts";
import { catalog, runBatch } from "../../db/client.ts";
import { addLateTasks, getTranscode } from "../../db/transcoding/transcodes.ts";
import { newId } from "../../domain/id.ts";
import { consume } from "../consume.ts";
import { admitRunner, containerEnded, recordResult, takeBack } from "../runners/runner-work.ts";
import { wakeRunners } from "./wake.ts";

beforeEach(stopEverything);
afterEach(() => void vi.useRealTimers());

test("as many containers are woken as the work needs, and none without work", async () => {
  const containers = { LOCAL_RUNNER_SECRET: "", MAX_RUNNERS: "3", SLOTS_PER_RUNNER: "1" };
  const context = jobContext({ env: { ...env, ...containers } as unknown as Env });
  await wakeRunners(context, Date.now());
  expect(context.woken).toEqual([]);
  await queuedVideo();
  await wakeRunners(context, Date.now());
  expect(context.woken.splice(0)).toEqual(["container-0"]);
  for (let index = 0; index < 5; index++) await queuedVideo();
  await wakeRunners(context, Date.now());
  expect(context.woken).toEqual(["container-0", "container-1", "container-2"]);
});

test("the desk is notified of new work even if no container is needed, and it may be unavailable", async () => {
  let rings = 0;
  const context = jobContext({
    ringDesk: () => {
      rings += 1;
      return Promise.reject(new Error("Durable Object reset because its code was updated."));
    },
  });
  await queuedVideo();
  await wakeRunners(context, Date.now());
  expect(rings).toBe(1);
  // A plan adds tasks.
  const { taskId, attempt } = await claimFor(context, "local-0");
  const outcome = { type: "done" as const, result: { kind: "plan" as const, plan: examplePlan() } };
  await recordResult(context, { taskId, attempt, runner: "local-0", outcome }, Date.now());
  await context.settle();
  expect(rings).toBe(2);
});

test("a deployment with settings from before local runners had a secret still wakes containers", async () => {
  const { LOCAL_RUNNER_SECRET: _, ...earlier } = { ...env, MAX_RUNNERS: "1" };
  const context = jobContext({ env: earlier as unknown as Env });
  await queuedVideo();
  await wakeRunners(context, Date.now());
  expect(context.woken).toEqual(["container-0"]);
});

test("a busy fleet is not counted again for every result", async () => {
  const counting = new CountingD1(env.CATALOG);
  const containers = { LOCAL_RUNNER_SECRET: "", MAX_RUNNERS: "1", SLOTS_PER_RUNNER: "1" };
  const context = jobContext({
    env: { ...env, ...containers } as unknown as Env,
    db: catalog({ CATALOG: counting.binding }),
  });
  await queuedVideo();
  await queuedVideo();
  await claimFor(context, "container-0");
  counting.reset();
  await wakeRunners(context, Date.now());
  expect(context.woken).toEqual([]);
  expect(counting.statements).toHaveLength(1);
});

test("a wake message that comes when the wait for a retry is over wakes a container", async () => {
  const containers = { LOCAL_RUNNER_SECRET: "", MAX_RUNNERS: "1" };
  const woken: string[] = [];
  const RUNNER = { getByName: (id: string) => ({ wake: async () => woken.push(id) }) };
  const wakeEnv = { ...env, ...containers, RUNNER } as unknown as Env;
  const context = jobContext({ env: wakeEnv });
  await queuedVideo();
  const { taskId, attempt } = await claimFor(context, "container-0");
  const report = { taskId, attempt, runner: "container-0", outcome: encoderFailed };
  await recordResult(context, report, Date.now());
  const message = () => createMessageBatch("transcode", []);
  await consume(message(), wakeEnv, async () => undefined);
  expect(woken).toEqual([]);
  vi.useFakeTimers({ now: Date.now() + 6000, toFake: ["Date"] });
  await consume(message(), wakeEnv, async () => undefined);
  expect(woken).toEqual(["container-0"]);
  await context.settle();
});

test("the wake consumer only wakes runners, and the events consumer finishes videos", async () => {
  const id = await queuedVideo();
  await work();
  const transcode = (await getTranscode(catalog(env), { videoId: id, version: 1 }))!;
  const counting = new CountingD1(env.CATALOG);
  const used: unknown[] = [];
  const consumerEnv = {
    ...env,
    LOCAL_RUNNER_SECRET: "",
    RUNNER: { getByName: () => ({ wake: async () => undefined }) },
    CATALOG: counting.binding,
    MEDIA: new Proxy(env.MEDIA, { get: (_, name) => used.push(name) }),
    EVENTS: { send: async (body: unknown) => void used.push(body) },
  } as unknown as Env;
  let name = "";
  // A message of another test may have the first one finished.
  await vi.waitFor(async () => {
    name = `finish again ${newId()}`;
    const again: PlannedTask = {
      name,
      stage: "extras",
      priority: "blocking",
      spec: { kind: "finish" },
    };
    await runBatch(catalog(env), addLateTasks(catalog(env), transcode, [again], Date.now()));
    used.length = 0;
    counting.reset();
    await consume(createMessageBatch("transcode", []), consumerEnv, async () => undefined);
    expect(used).toEqual([{ kind: "finish" }]);
  });
  // Tasks whose wait is over, the work for runners, and whether there is work for the Worker.
  expect(counting.calls).toBeLessThanOrEqual(4);
  const message = { id: newId(), timestamp: new Date(), attempts: 1, body: { kind: "finish" } };
  await consume(createMessageBatch("events", [message]), env, async () => undefined);
  await expect.poll(async () => (await taskRow(id, name)).state).toBe("done");
});

test("a wake message without work for the Worker sends no further message", async () => {
  const sent: unknown[] = [];
  const EVENTS = { send: async (body: unknown) => void sent.push(body) };
  const consumerEnv = { ...env, EVENTS } as unknown as Env;
  await queuedVideo();
  await consume(createMessageBatch("transcode", []), consumerEnv, async () => undefined);
  expect(sent).toEqual([]);
});

test("a running container is not woken until it has ended, except by the cron", async () => {
  const containers = { LOCAL_RUNNER_SECRET: "", MAX_RUNNERS: "3", SLOTS_PER_RUNNER: "1" };
  const context = jobContext({ env: { ...env, ...containers } as unknown as Env });
  for (let index = 0; index < 3; index++) await queuedVideo();
  await admitRunner(context, "container", claimOf("container-1"), Date.now());
  await wakeRunners(context, Date.now());
  expect(context.woken.splice(0)).toEqual(["container-0", "container-2"]);
  await wakeRunners(context, Date.now(), { trust: false });
  expect(context.woken.splice(0)).toEqual(["container-0", "container-1", "container-2"]);
  await containerEnded(context, "container-1", "It has ended.", Date.now());
  await context.settle();
  expect(context.woken.splice(0)).toEqual(["container-0", "container-1", "container-2"]);
  await admitRunner(context, "container", claimOf("container-1"), Date.now());
  await wakeRunners(context, Date.now());
  expect(context.woken).toEqual(["container-0", "container-2"]);
});

test("a task handed back by a stopping runner wakes another runner", async () => {
  const containers = { LOCAL_RUNNER_SECRET: "", MAX_RUNNERS: "1" };
  const context = jobContext({ env: { ...env, ...containers } as unknown as Env });
  const id = await queuedVideo();
  await claimFor(context, "container-0");
  await takeBack(context, { runner: "container-0", held: [], reason: "SIGTERM" }, Date.now());
  await context.settle();
  expect(await taskRow(id, "plan")).toMatchObject({ state: "queued", failures: 0, runner: null });
  expect(context.woken).toEqual(["container-0"]);
});
