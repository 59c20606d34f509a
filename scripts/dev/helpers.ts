import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What wrangler starts and cannot do without. Others come and go, such as ffmpeg. */
const PROGRAMS = ["esbuild", "workerd"];

/** The processes of these programs in a group; null where nobody can tell. */
async function processesOf(
  group: number | undefined,
  programs: readonly string[],
): Promise<Set<number> | null> {
  const listed = await run("ps", ["-eo", "pid=,pgid=,comm="]).catch(() => null);
  if (!listed || group === undefined) return null;
  const pids = new Set<number>();
  for (const line of listed.stdout.split("\n")) {
    const [pid, id, ...words] = line.trim().split(/\s+/);
    if (Number(id) === group && programs.includes(words.join(" "))) pids.add(Number(pid));
  }
  return pids;
}

interface Helpers {
  /** To be called whenever the part answers. */
  note(): Promise<void>;
  /** Whether one is gone that was there at the last two answers, or there are fewer than at the first. */
  areIncomplete(): Promise<boolean>;
}

/**
 * Watches the helpers of a part. After a SIGKILL of its esbuild or workerd, wrangler lives on, starts another workerd, and may
 * answer no request any more. A part that a developer holds in a debugger is silent too, but has lost nothing.
 */
export function helpersOf(
  group: () => number | undefined,
  programs: readonly string[] = PROGRAMS,
): Helpers {
  let complete: number | undefined;
  let last: number[] = [];
  let beforeLast: number[] = [];
  return {
    async note() {
      const now = await processesOf(group(), programs);
      if (!now) return;
      complete ??= now.size;
      // A part may answer once more after the kill.
      [beforeLast, last] = [last, [...now]];
    },
    async areIncomplete() {
      const now = await processesOf(group(), programs);
      if (!now || complete === undefined) return false;
      return now.size < complete || [...beforeLast, ...last].some((pid) => !now.has(pid));
    },
  };
}
