import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { ROOT } from "../../scripts/dev/settings.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { RunnerList, RunnerTokenCreated } from "../../workers/contract/runners.ts";
import { signInAsAdmin } from "../support/product/admin-account.ts";
import { searchProcess } from "../support/transcoder/searched-process.ts";

/** Timeout for something that another process does on a busy computer. */
const WAIT = { timeout: 300_000, interval: 500 };
/** With fewer tasks a share would mean little. */
const MIN_TASKS = 12;
/** The tolerance of "half": both runners do one task at a time, and tasks differ in length. */
const HALF = { least: 0.3, most: 0.7 };

test("a remote runner does about half of the work until its token is revoked", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kinora-remote-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const api = await signInAsAdmin();
  const { id, token } = RunnerTokenCreated.parse(
    await api.call("POST", "/v1/admin/runner-tokens", { name: "Another computer" }),
  );
  const runner = spawn(
    process.execPath,
    [join(ROOT, "scripts/runner.ts"), "--url", inject("origin"), "--slots", "1"],
    { env: { ...process.env, KINORA_TOKEN: token }, stdio: ["ignore", "pipe", "pipe"] },
  );
  searchProcess(runner);
  const exited = once(runner, "exit");
  onTestFinished(() => void runner.kill("SIGTERM"));
  const tasksDone = async () => {
    const { items } = RunnerList.parse(await api.call("GET", "/v1/admin/runners"));
    return new Map(items.map((item) => [item.id, item.tasksDone]));
  };
  const remote = `remote-${id}`;
  await vi.waitFor(async () => expect((await tasksDone()).has(remote)).toBe(true), WAIT);

  // Which runner asks first is random, so more videos may be needed until the shares reflect what both can do.
  const source = join(folder, "quay.mp4");
  await generateSource(source, { seconds: 12, width: 640, height: 360, rate: 15 });
  const before = (await tasksDone()).get("local-0") ?? 0;
  async function transcodeOne(): Promise<void> {
    const video = await uploadFile(api, source, { title: "Quay" }, () => {});
    await untilReady(api, video);
    await api.call("DELETE", `/v1/videos/${video}`);
  }
  await vi.waitFor(async () => {
    await Promise.all([transcodeOne(), transcodeOne()]);
    const done = await tasksDone();
    const own = done.get(remote) ?? 0;
    const all = own + (done.get("local-0") ?? 0) - before;
    expect(all).toBeGreaterThanOrEqual(MIN_TASKS);
    expect(own / all).toBeGreaterThan(HALF.least);
    expect(own / all).toBeLessThan(HALF.most);
  }, WAIT);

  await api.call("DELETE", `/v1/admin/runner-tokens/${id}`);
  expect(await exited).toEqual([0, null]);
});
