import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { searchLog } from "../searched-log.ts";

/** Passes on what a process of the product prints through pipes, and searches it as `searchLog` does. */
export function searchProcess({ stdout, stderr }: Pick<ChildProcess, "stdout" | "stderr">): void {
  for (const [from, to] of [
    [stdout, process.stdout],
    [stderr, process.stderr],
  ] as const)
    if (from)
      createInterface({ input: from }).on("line", (line) => {
        searchLog(line);
        to.write(`${line}\n`);
      });
}
