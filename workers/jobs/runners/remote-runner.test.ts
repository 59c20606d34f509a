import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClaimAnswer, type ClaimedTask } from "../../contract/runner-api.ts";
import type { RunnerTokenCreated } from "../../contract/runners.ts";
import type { TaskKind } from "../../contract/transcodes.ts";
import { remoteRunnerId } from "../../db/runner-tokens.ts";
import { call, newAccount } from "../../../tests/support/worker/api.ts";
import { examplePlan } from "../../../tests/support/worker/plan.ts";
import {
  claimOf,
  queuedVideo,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
} from "../../../tests/support/worker/transcoding.ts";

const ORIGIN = "http://localhost:8787";
const admin = await newAccount("admin");

beforeEach(stopEverything);
afterEach(() => {
  vi.useRealTimers();
});

async function issue(name: string): Promise<RunnerTokenCreated> {
  return (await call(admin.app, "POST", "/v1/admin/runner-tokens", { name })).json();
}

function send(token: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return exports.default.fetch(`${ORIGIN}${path}`, {
    ...init,
    headers: { ...headers, ...(init.headers as Record<string, string>) },
  });
}

const post = (token: string, path: string, body: unknown): Promise<Response> =>
  send(token, `/api/runner/${path}`, { method: "POST", body: JSON.stringify(body) });

const put = (token: string, path: string, body = "x"): Promise<Response> =>
  send(token, path, {
    method: "PUT",
    body,
    headers: { "content-length": String(body.length), "content-type": "video/mp4" },
  });

/** A claim as the process of `npm run runner` makes it: the name that it reports is ignored. */
const REMOTE = claimOf("remote-0", 2);

async function claim(token: string, kinds?: TaskKind[]): Promise<ClaimedTask | null> {
  const capabilities = { ...REMOTE.capabilities, ...(kinds && { kinds }) };
  const held = (await heldBy(token)).map(({ id: taskId, attempt }) => ({ taskId, attempt }));
  const runner = token === env.LOCAL_RUNNER_SECRET ? "local-0" : REMOTE.runner;
  const response = await post(token, "claim", { ...REMOTE, runner, capabilities, held });
  expect(response.status).toBe(200);
  const answer = ClaimAnswer.parse(await response.json());
  return answer.type === "task" ? answer.task : null;
}

const runnerNames = new Map([[env.LOCAL_RUNNER_SECRET, "local-0"]]);
const videos: string[] = [];

async function newVideo(): Promise<string> {
  const id = await queuedVideo();
  videos.push(id);
  return id;
}

async function heldBy(token: string) {
  const rows = (await Promise.all(videos.map(taskRows))).flat();
  return rows.filter(({ runner }) => runner === runnerNames.get(token));
}

/** A token that a machine uses. */
async function newMachine(name = "Office"): Promise<RunnerTokenCreated> {
  const machine = await issue(name);
  runnerNames.set(machine.token, remoteRunnerId(machine.id));
  return machine;
}

async function claimed(token: string, kinds?: TaskKind[]): Promise<ClaimedTask> {
  const task = await claim(token, kinds);
  if (!task) throw new Error("There is nothing to claim.");
  return task;
}

const planned = ({ taskId, attempt }: ClaimedTask) => ({
  ...{ taskId, attempt, runner: REMOTE.runner },
  outcome: { type: "done", result: { kind: "plan", plan: examplePlan() } },
});

test("a remote runner shares the work with the others, under the name of its token", async () => {
  const ids = [await newVideo(), await newVideo(), await newVideo(), await newVideo()];
  const { token, id } = await newMachine();
  for (const worker of [token, env.LOCAL_RUNNER_SECRET, token, env.LOCAL_RUNNER_SECRET])
    await claimed(worker);
  const runners = await Promise.all(
    ids.map(async (video) => (await taskRow(video, "plan")).runner),
  );
  const countOf = (name: string) => runners.filter((runner) => runner === name).length;
  expect([countOf("local-0"), countOf(remoteRunnerId(id))]).toEqual([2, 2]);
  const [own] = await heldBy(token);
  const task = { taskId: own?.id ?? "", attempt: own?.attempt ?? 0 } as ClaimedTask;
  expect(await (await post(token, "result", planned(task))).json()).toEqual({ type: "recorded" });
  const list = await (
    await call(admin.app, "GET", "/v1/admin/runner-tokens")
  ).json<{
    items: { id: string; runner: { tasksDone: number } | null }[];
  }>();
  expect(list.items.find((item) => item.id === id)?.runner).toMatchObject({ tasksDone: 1 });
});

test("a remote runner gets only the kinds of tasks that it supports", async () => {
  const { token } = await newMachine();
  await newVideo();
  expect(await claim(token, ["images"])).toBeNull();
  const plan = await claimed(env.LOCAL_RUNNER_SECRET);
  const report = { ...planned(plan), runner: "local-0" };
  await post(env.LOCAL_RUNNER_SECRET, "result", report);
  expect((await claimed(token, ["images"])).spec.kind).toBe("images");
  expect(await claim(token, ["images"])).toBeNull();
});

test("a revoked token stops working within a lease, and its task is given to others at once", async () => {
  const { id, token } = await newMachine();
  const video = await newVideo();
  const task = await claimed(token);
  await call(admin.app, "DELETE", `/v1/admin/runner-tokens/${id}`);
  expect(await taskRow(video, "plan")).toMatchObject({ state: "queued", failures: 0 });
  expect((await claimed(env.LOCAL_RUNNER_SECRET)).taskId).toBe(task.taskId);
  vi.useFakeTimers({ now: Date.now() + 15_000, toFake: ["Date"] });
  const { taskId, attempt } = task;
  const report = { taskId, attempt, runner: REMOTE.runner };
  const answers = [
    await post(token, "claim", REMOTE),
    await post(token, "progress", { ...report, ratio: 0.5, outputs: {} }),
    await post(token, "result", planned(task)),
    await post(token, "hand-back", { runner: REMOTE.runner, held: [], reason: "x" }),
    await send(token, `/api/runner/storage/${task.token}/${task.inputs.source}`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
});

describe("a stolen token", () => {
  test("reads and writes only the keys of its own task", async () => {
    const [thief, victim] = [await newMachine("Stolen"), await newMachine("Other")];
    const first = await newVideo();
    const own = await claimed(thief.token);
    const second = await newVideo();
    const foreign = await claimed(victim.token);
    const storage = (token: string, key: string) => `/api/runner/storage/${token}/${key}`;
    const sources = [(await videoRow(first)).sourceKey, (await videoRow(second)).sourceKey];
    expect([own.inputs.source, foreign.inputs.source]).toEqual(sources);

    const reads = [
      storage(own.token, own.inputs.source ?? ""),
      storage(own.token, foreign.inputs.source ?? ""),
      // Uses what it may have learned about another machine's task.
      storage(foreign.token, foreign.inputs.source ?? ""),
      storage(own.token, `${own.inputs.source}/../../${foreign.inputs.source}`),
      storage(own.token, `${second}/1/master.m3u8`),
      storage("no-token", own.inputs.source ?? ""),
    ];
    const statuses = await Promise.all(
      reads.map(async (path) => (await send(thief.token, path)).status),
    );
    expect(statuses).toEqual([200, 403, 403, 403, 403, 403]);

    const writes = [own.inputs.source, foreign.inputs.source, `${second}/1/x`, `${first}/1/x`, "x"];
    for (const key of writes) {
      expect((await put(thief.token, storage(own.token, key ?? ""))).status).toBe(403);
      expect((await put(thief.token, storage(foreign.token, key ?? ""))).status).toBe(403);
    }
    for (const key of sources)
      expect(await (await env.MEDIA.get(key ?? ""))?.text()).toBe("the source");
  });

  test("cannot report, hand back or claim in the name of another runner", async () => {
    const [thief, victim] = [await newMachine("Stolen"), await newMachine("Other")];
    await newVideo();
    const { taskId, attempt } = await claimed(victim.token);
    const name = remoteRunnerId(victim.id);
    const before = await heldBy(victim.token);
    const report = { taskId, attempt, runner: name };
    const outcome = { type: "failed", code: "source_damaged", detail: "", permanent: true };
    const answers = [
      await post(thief.token, "progress", { ...report, ratio: 1, outputs: {} }),
      await post(thief.token, "result", { ...report, outcome }),
      await post(thief.token, "hand-back", { runner: name, held: [], reason: "x" }),
      await post(thief.token, "claim", { ...REMOTE, runner: name }),
    ];
    expect(
      await Promise.all(
        answers.map(async (answer) => (answer.status === 204 ? null : answer.json())),
      ),
    ).toEqual([{ type: "stop" }, { type: "lost" }, null, { type: "wait" }]);
    expect(await heldBy(victim.token)).toEqual(before);
  });

  test("does not work as an access token", async () => {
    const { token } = await newMachine("Stolen");
    for (const path of ["/v1/me", "/v1/videos?creator=me", "/v1/admin/runner-tokens", "/v1/bin"])
      expect((await send(token, path)).status).toBe(401);
  });
});
