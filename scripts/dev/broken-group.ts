import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What wrangler starts and cannot do without. Others come and go, such as ffmpeg. */
const HELPERS = ["esbuild", "workerd"];

/** How many processes of each program a group has; null where nobody can tell. */
export async function programsOf(group: number | undefined): Promise<Map<string, number> | null> {
  const listed = await run("ps", ["-eo", "pgid=,comm="]).catch(() => null);
  if (!listed || group === undefined) return null;
  const programs = new Map<string, number>();
  for (const line of listed.stdout.split("\n")) {
    const [id, ...words] = line.trim().split(/\s+/);
    const program = words.join(" ");
    // One that has ended, but was not waited for.
    if (Number(id) !== group || program.includes("defunct")) continue;
    programs.set(program, (programs.get(program) ?? 0) + 1);
  }
  return programs;
}

/**
 * Whether a program that a group had is gone, as after a SIGKILL of esbuild, without which wrangler answers no request any
 * more. A part that a developer holds in a debugger is silent too, and has all of its processes.
 */
export function lacksProgram(
  before: ReadonlyMap<string, number> | null,
  now: ReadonlyMap<string, number> | null,
  programs: readonly string[] = HELPERS,
): boolean {
  if (!before || !now) return false;
  return programs.some((program) => (now.get(program) ?? 0) < (before.get(program) ?? 0));
}
