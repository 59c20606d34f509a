import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { killNow, processesWith } from "../../benchmarks/chaos/processes.ts";
import { ApiClient } from "../../scripts/api-client.ts";
import { startDevStack } from "../../scripts/product/dev-stack.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { Timeline } from "../../workers/contract/videos.ts";
import { expectNoSecrets, searchLog } from "../support/searched-log.ts";

const ACCOUNT = {
  name: "Edda Pier",
  email: "edda.pier@example.com",
  password: "nine quiet harbour lamps",
};
/** Timeout for something that another process does on a busy computer. */
const WAIT = { timeout: 300_000, interval: 250 };

/** The processes of the Worker: one of them listens, and wrangler never connects another in its place. */
const workerds = async (state: string) => {
  const all = await processesWith(`KINORA_STATE=${state}`);
  return all.filter(({ role }) => role === "worker").map(({ pid }) => pid);
};

test("after a SIGKILL of the Worker's processes a running task continues by itself", async () => {
  // A stack of its own, because other files use the shared one in the meantime.
  const env = { KINORA_BUILT_SITE: join(inject("state"), "site") };
  const stack = await startDevStack({ slots: 1, env });
  onTestFinished(async () => {
    await stack.stop();
    searchLog(stack.log());
    expectNoSecrets();
  });
  const { origin, state } = stack;
  const folder = await mkdtemp(join(tmpdir(), "kinora-killed-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const api = new ApiClient(origin, { timeoutMs: 15_000, retryMs: WAIT.timeout });
  await api.signIn(ACCOUNT);
  const source = join(folder, "pier.mp4");
  await generateSource(source, { seconds: 8, width: 426, height: 240, rate: 15 });
  const id = await uploadFile(api, source, { title: "Pier" }, () => {});
  await vi.waitFor(async () => {
    const { items } = Timeline.parse(await api.call("GET", `/v1/videos/${id}/jobs`));
    expect(items.map(({ state }) => state)).toContain("running");
  }, WAIT);

  const killed = await workerds(state);
  expect(killed.length).toBeGreaterThan(0);
  for (const pid of killed) killNow(pid);
  await vi.waitFor(async () => {
    const answer = await fetch(`${origin}/v1/categories`, {
      signal: AbortSignal.timeout(5_000),
    });
    expect(answer.status).toBe(200);
  }, WAIT);
  expect((await workerds(state)).filter((pid) => killed.includes(pid))).toEqual([]);
  await untilReady(api, id);
});
