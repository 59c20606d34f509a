import { type ChildProcess, spawn } from "node:child_process";

/**
 * A process that briefly outlives ours. Its standard input closes when our process ends, even by SIGKILL, which no
 * handler can catch; then it kills the process groups that it was given. It runs from a string, so that it is one small
 * process.
 */
const GUARD = `
  let text = "";
  process.stdin.setEncoding("utf8").on("data", (more) => (text += more)).on("end", () => {
    for (const group of text.trim().split(/\\s+/).map(Number).filter((pid) => pid > 1))
      try { process.kill(-group, "SIGKILL"); } catch {}
  });
`;

let guard: ChildProcess | undefined;

/** Makes sure that a process group is killed when this process ends, however it ends. */
export function guardGroup(pid: number): void {
  if (!guard) {
    // A separate group: Ctrl-C in the terminal, or a kill of our group, must not end it first.
    guard = spawn(process.execPath, ["--max-semi-space-size=1", "-e", GUARD], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    guard.unref();
    // If the guard was killed, there is nothing to notify; in all other cases the children still end with us.
    guard.stdin?.on("error", () => {});
  }
  guard.stdin?.write(`${pid}\n`);
}
