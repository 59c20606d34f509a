import { readdir, readFile, readlink } from "node:fs/promises";
import { ROOT } from "../../scripts/dev/settings.ts";

/** The kinds of processes that are killed. */
export type Role = "worker" | "transcoder" | "other";

export interface RunningProcess {
  pid: number;
  role: Role;
  /** The program with its first argument, for the log of kills. */
  name: string;
}

const nameOf = (commandLine: string): string =>
  commandLine
    .split("\0")
    .slice(0, 2)
    .map((part) => part.split("/").at(-1))
    .join(" ");

/** The site has a workerd too, in another folder. */
function roleOf(commandLine: string, folder: string): Role {
  if (commandLine.includes("containers/transcoder/main.ts")) return "transcoder";
  const [program = ""] = commandLine.split("\0");
  return program.endsWith("workerd") && folder === ROOT ? "worker" : "other";
}

/** Every process with this text in its environment, which children inherit, by id. Linux only. */
export async function processesWith(text: string): Promise<RunningProcess[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8");
        if (!environment.split("\0").includes(text)) return [];
        const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8");
        const name = nameOf(commandLine);
        const role = roleOf(commandLine, await readlink(`/proc/${pid}/cwd`));
        // A process that has ended but was not waited for has no command line.
        return name.trim() ? [{ pid, name, role }] : [];
      } catch {
        // It has ended, or belongs to someone else.
        return [];
      }
    }),
  );
  return found.flat().sort((a, b) => a.pid - b.pid);
}

/** @returns false when the process has just ended */
export function killNow(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
