import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { quickTools } from "./bench.ts";
import { type FakeWorker, startFakeWorker } from "./fake-worker.ts";
import { searchProcess } from "./searched-process.ts";
import type { StorageServer } from "./storage-server.ts";

const MAIN = join(import.meta.dirname, "../../../containers/transcoder/main.ts");

/** A transcoder in a separate process, and the API that it asks for work. */
export interface TranscoderProcess {
  child: ChildProcess;
  worker: FakeWorker;
  /** URL of its health check. */
  health: string;
}

/** The port in the line that a transcoder prints after it has started. */
function portOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const port = /"runner.started".*"port":(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(port);
    });
    child.once("exit", () => reject(new Error(`the transcoder did not start: ${text}`)));
  });
}

/**
 * Starts the transcoder as a separate process on a free port.
 * @param graceSeconds how long running tasks may continue after SIGTERM
 * @param folder in which it creates its folder for temporary files
 * @param env additional variables
 * @param worker of another process, which this one replaces
 */
export async function startProcess(
  storage: StorageServer,
  graceSeconds: number,
  folder: string,
  env: Record<string, string> = {},
  worker?: FakeWorker,
): Promise<TranscoderProcess> {
  worker ??= await startFakeWorker(storage);
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PORT: "0",
      // A single thread, as in a bench with one slot, so that the same task gives the same bytes.
      SLOTS: "1",
      THREADS: "1",
      GRACE_SECONDS: String(graceSeconds),
      FFMPEG_PATH: quickTools.ffmpeg,
      FFPROBE_PATH: quickTools.ffprobe,
      TMPDIR: folder,
      RUNNER_API: worker.url,
      RUNNER_ID: "container-0",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  searchProcess(child);
  const health = `http://127.0.0.1:${await portOf(child)}/health`;
  return { child, worker, health };
}
