import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { tools } from "./bench.ts";

const MAIN = join(import.meta.dirname, "../../../containers/transcoder/main.ts");

/**
 * Starts the transcoder as a separate process on a free port.
 *
 * @param graceSeconds how long running tasks may continue after SIGTERM
 * @param folder in which it creates its folder for temporary files
 */
export async function startProcess(
  graceSeconds: number,
  folder: string,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PORT: "0",
      // One thread, as in a bench with one slot, so that the same task gives the same bytes.
      SLOTS: "1",
      THREADS: "1",
      GRACE_SECONDS: String(graceSeconds),
      FFMPEG_PATH: tools.ffmpeg,
      FFPROBE_PATH: tools.ffprobe,
      TMPDIR: folder,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the transcoder has no standard output");
  for await (const line of child.stdout.setEncoding("utf8")) {
    const port = /on port (\d+)/.exec(String(line))?.[1];
    if (port !== undefined) return { child, url: `http://127.0.0.1:${port}` };
  }
  throw new Error("the transcoder did not start");
}
