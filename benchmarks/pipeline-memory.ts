import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { runTask, SETTINGS } from "../tests/support/transcoder/pipeline.ts";
import { startFakeWorker } from "../tests/support/transcoder/fake-worker.ts";
import { startStorage } from "../tests/support/transcoder/storage-server.ts";
import type { Plan, TaskSpec } from "../workers/contract/transcodes.ts";
import { TRANSCODER_ARGS } from "../scripts/dev/start.ts";

/** Peak resident set of a process, without its children. MiB. */
const peakOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** Peak resident set of the transcoder's Node process. MiB. @param parent process id of its parent */
export function transcoderPeak(parent: number): number {
  const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(parent)], {
    encoding: "utf8",
  });
  const pid = /^\s*(\d+).*containers\/transcoder\/main\.ts/m.exec(children)?.[1];
  if (!pid) throw new Error(`No transcoder among:\n${children}`);
  return peakOf(Number(pid));
}

/**
 * Peak resident set of a transcoder while it encodes audio, encodes a chunk and creates images at once, from a storage as
 * fast as the disk. MiB.
 */
export async function peakOver(source: string, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const storage = await startStorage(folder);
  storage.link("source", source);
  const worker = await startFakeWorker(storage);
  const child = spawn(process.execPath, TRANSCODER_ARGS, {
    env: {
      ...{ ...process.env, PORT: "0", SLOTS: "3", THREADS: "1" },
      ...{ RUNNER_API: worker.url, RUNNER_ID: "local-0" },
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  try {
    async function run(spec: TaskSpec) {
      const { outcome } = await runTask(worker, storage, { source: "source" }, spec);
      if (outcome.type === "failed") throw new Error(`${spec.kind} failed: ${outcome.code}`);
      return outcome.result;
    }
    const planned = await run({ kind: "plan", settings: SETTINGS, remuxed: false });
    if (planned.kind !== "plan") throw new Error(`plan returned ${planned.kind}`);
    await Promise.all(
      ["audio 0", "video 1", "images"].map((name) => run(specOf(planned.plan, name))),
    );
    return peakOf(child.pid ?? 0);
  } finally {
    child.kill();
    await worker[Symbol.asyncDispose]();
    await storage.close();
  }
}

function specOf({ tasks }: Plan, name: string): TaskSpec {
  const task = tasks.find((one) => one.name === name);
  if (!task) throw new Error(`The plan has no task ${name}.`);
  return task.spec;
}
