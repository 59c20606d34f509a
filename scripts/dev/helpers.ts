import { execFile } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What wrangler starts and cannot do without. Others come and go, such as ffmpeg. */
const PROGRAMS = ["esbuild", "workerd"];
const POLL_MS = 500;
const MAX_LISTING_BYTES = 16 * 1024 * 1024;

export interface Helper {
  pid: number;
  program: string;
  /** With its arguments. */
  command: string;
}

/** The processes of these programs in a group; null where nobody can tell. */
async function listHelpers(
  group: number | undefined,
  programs: readonly string[],
): Promise<Helper[] | null> {
  const options = { maxBuffer: MAX_LISTING_BYTES };
  const listed = await run("ps", ["-ww", "-eo", "pid=,pgid=,args="], options).catch(() => null);
  if (!listed || group === undefined) return null;
  return listed.stdout.split("\n").flatMap((line) => {
    const [, pid, id, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const program = programs.find((name) => new RegExp(`(?:^|/)${name}(?: |$)`).test(command));
    return program && Number(id) === group ? [{ pid: Number(pid), program, command }] : [];
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export interface Helpers {
  /** To be called whenever the part answers. */
  note(): Promise<void>;
  /** Resolves when one is gone that was there at the last answer. */
  untilLost(signal?: AbortSignal): Promise<Helper | undefined>;
  /** Those that are gone are no loss: the part answers without them, or was started again. */
  forgetLost(): void;
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
  let known: Helper[] = [];
  let lost: Helper[] = [];
  let answersSinceLoss = Infinity;

  function lose(isGone: (helper: Helper) => boolean): void {
    const gone = known.filter(isGone);
    if (gone.length === 0) return;
    known = known.filter((helper) => !isGone(helper));
    lost.push(...gone);
    answersSinceLoss = 0;
  }
  return {
    async note() {
      const now = await listHelpers(group(), programs);
      if (!now) return;
      complete ??= now.length;
      answersSinceLoss++;
      lose(({ pid }) => !now.some((helper) => helper.pid === pid));
      known = now;
    },
    async untilLost(signal) {
      while (lost.length === 0 && !signal?.aborted) {
        lose(({ pid }) => !isAlive(pid));
        if (lost.length === 0) await wait(POLL_MS, undefined, { ref: false });
      }
      return lost[0];
    },
    forgetLost() {
      lost = [];
    },
    async areIncomplete() {
      const now = await listHelpers(group(), programs);
      if (!now || complete === undefined) return false;
      lose(({ pid }) => !now.some((helper) => helper.pid === pid));
      // A part may answer once more after the kill.
      return now.length < complete || answersSinceLoss < 2;
    },
  };
}
