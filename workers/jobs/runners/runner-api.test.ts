import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { ClaimAnswer } from "../../contract/runner-api.ts";
import {
  claimOf,
  queuedVideo,
  stopEverything,
  taskRow,
} from "../../../tests/support/worker/transcoding.ts";

beforeEach(stopEverything);

const LOCAL = env.LOCAL_RUNNER_SECRET;

/** Calls the API over HTTP, as a process does. */
function call(path: string, body: unknown, token: string | null = LOCAL): Promise<Response> {
  return exports.default.fetch(`http://localhost:8787/api/runner/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      "content-type": "application/json",
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
  });
}

async function claimed(response: Response) {
  expect(response.status).toBe(200);
  const answer = ClaimAnswer.parse(await response.json());
  if (answer.type !== "task") throw new Error(`The claim was answered with ${answer.type}.`);
  return answer.task;
}

test.each([null, "", "wrong", "kinora_rt_unknown"])(
  "a request with the token %s is refused",
  async (token) => {
    await queuedVideo();
    for (const path of ["claim", "progress", "result", "hand-back", "storage/x/y", "other"]) {
      const response = await call(path, claimOf("local-0"), token);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: "unauthenticated" });
    }
  },
);

test("a local process claims a task, reads its source, reports it and hands it back", async () => {
  const id = await queuedVideo();
  const { taskId, attempt, token, inputs } = await claimed(await call("claim", claimOf("local-7")));
  expect(await taskRow(id, "plan")).toMatchObject({ id: taskId, runner: "local-7" });
  const source = await exports.default.fetch(
    `http://localhost:8787/api/runner/storage/${token}/${inputs.source}`,
    { headers: { authorization: `Bearer ${LOCAL}`, range: "bytes=4-9" } },
  );
  expect([source.status, new TextDecoder().decode(await source.arrayBuffer())]).toEqual([
    206,
    "source",
  ]);
  const report = { runner: "local-7", taskId, attempt };
  const progress = await call("progress", { ...report, ratio: 0.5, outputs: {} });
  expect(await progress.json()).toEqual({ type: "continue" });
  const handBack = { runner: "local-7", held: [], reason: "SIGTERM" };
  expect((await call("hand-back", handBack)).status).toBe(204);
  expect(await taskRow(id, "plan")).toMatchObject({ state: "queued", failures: 0, runner: null });
});

test("a waiting claim is answered as soon as there is work", async () => {
  const waiting = call("claim", { ...claimOf("local-0"), waitSeconds: 20 });
  const id = await queuedVideo();
  const { taskId } = await claimed(await waiting);
  expect(taskId).toBe((await taskRow(id, "plan")).id);
});

test("a local process cannot pass for a container or a remote runner", async () => {
  for (const runner of ["container-0", "remote-1"])
    expect((await call("claim", claimOf(runner))).status).toBe(403);
});

test("a body outside the contract and an unknown call are refused", async () => {
  expect((await call("claim", { runner: "local-0" })).status).toBe(400);
  expect((await call("progress", "nonsense")).status).toBe(400);
  expect((await call("other", claimOf("local-0"))).status).toBe(404);
  const get = await exports.default.fetch("http://localhost:8787/api/runner/claim", {
    headers: { authorization: `Bearer ${LOCAL}` },
  });
  expect(get.status).toBe(405);
});
