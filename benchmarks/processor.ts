import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** USER_HZ, the unit of times in /proc. */
const TICKS_PER_SECOND = 100;

/** utime and stime of a process, cutime and cstime of its ended children (proc(5)); zero after its end. */
function secondsOf(pid: number): { own: number; ended: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 15)
      .map(Number);
    return {
      own: (user + system) / TICKS_PER_SECOND,
      ended: (childUser + childSystem) / TICKS_PER_SECOND,
    };
  } catch {
    return { own: 0, ended: 0 };
  }
}

/** Processor seconds of ended children of this process. */
export const endedSeconds = (): number => secondsOf(process.pid).ended;

/** A process and its descendants. */
function treeOf(root: number): { pid: number; name: string | undefined }[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/));
  const below = (parent: number): string[][] =>
    rows
      .filter(([, of]) => Number(of) === parent)
      .flatMap((row) => [row, ...below(Number(row[0]))]);
  const tree = [...rows.filter(([pid]) => Number(pid) === root), ...below(root)];
  return tree.map(([pid, , name]) => ({ pid: Number(pid), name }));
}

/**
 * Processor seconds of a process and its descendants, including ended ones.
 * @param command counts only processes of this name, without their children
 */
export function processorSeconds(root: number, command?: string): number {
  return treeOf(root)
    .filter(({ name }) => command === undefined || name === command)
    .map(({ pid }) => secondsOf(pid))
    .reduce((sum, { own, ended }) => sum + own + (command === undefined ? ended : 0), 0);
}

/**
 * Stops wrangler's bundlers until the returned function is called: they look for edits all the time, for which no
 * deployment pays.
 * @param root process id of the product
 */
export function pauseBundlers(root: number): () => void {
  const bundlers = treeOf(root).filter(({ name }) => name === "esbuild");
  function send(signal: "SIGSTOP" | "SIGCONT"): void {
    for (const { pid } of bundlers) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended with the product.
      }
    }
  }
  send("SIGSTOP");
  return () => send("SIGCONT");
}
