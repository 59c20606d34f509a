import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { tools } from "./bench.ts";

const MAIN = join(import.meta.dirname, "../../../containers/transcoder/main.ts");

/**
 * The transcoder as a process of its own, on a free port.
 *
 * @param grace seconds that running tasks get after SIGTERM
 * @param folder where it makes its own one for temporary files
 */
export const startProcess = async (
  grace: number,
  folder: string,
): Promise<{ child: ChildProcess; url: string }> => {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PORT: "0",
      // One thread whatever the task, as in a bench of one slot: then the same task gives the same bytes.
      SLOTS: "1",
      THREADS: "1",
      GRACE_SECONDS: String(grace),
      FFMPEG_PATH: tools.ffmpeg,
      FFPROBE_PATH: tools.ffprobe,
      TMPDIR: folder,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("no output");
  for await (const line of child.stdout.setEncoding("utf8")) {
    const port = /on port (\d+)/.exec(String(line))?.[1];
    if (port !== undefined) return { child, url: `http://127.0.0.1:${port}` };
  }
  throw new Error("the transcoder did not start");
};
