import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Clock ticks a second in /proc (USER_HZ). */
const TICKS = 100;

/** utime and stime of a process, cutime and cstime of its children that have ended (proc(5)); nothing when it is gone. */
function secondsOf(pid: number): { own: number; ended: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 15)
      .map(Number);
    return { own: (user + system) / TICKS, ended: (childUser + childSystem) / TICKS };
  } catch {
    return { own: 0, ended: 0 };
  }
}

/** Processor seconds so far of children of this process that have ended. */
export const endedSeconds = (): number => secondsOf(process.pid).ended;

/**
 * Processor seconds so far of a process and of all below it, those that have ended included.
 * @param command counts only processes of this name, without their children
 */
export function processorSeconds(root: number, command?: string): number {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/));
  const below = (parent: number): string[][] =>
    rows
      .filter(([, of]) => Number(of) === parent)
      .flatMap((row) => [row, ...below(Number(row[0]))]);
  const tree = [...rows.filter(([pid]) => Number(pid) === root), ...below(root)];
  return tree
    .filter(([, , name]) => command === undefined || name === command)
    .map(([pid]) => secondsOf(Number(pid)))
    .reduce((sum, { own, ended }) => sum + own + (command === undefined ? ended : 0), 0);
}
