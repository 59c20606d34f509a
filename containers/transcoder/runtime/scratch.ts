import { mkdir, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** It contains the hostname, because containers that share a disk cannot see each other's processes. */
const PREFIX = `kinora-transcoder-${hostname()}-`;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Any other error, such as a missing permission, means that the process exists.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/**
 * Creates the folder for this process's temporary files. Also removes what killed processes left behind: every folder
 * of this host whose process has ended, or whose process id is now this one's.
 *
 * @param parent holds the folders of all processes
 * @returns the path of the new, empty folder
 */
export async function openScratch(parent: string): Promise<string> {
  const folders = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  const abandoned = folders.filter((name) => {
    const pid = Number(name.slice(PREFIX.length));
    return pid === process.pid || !isRunning(pid);
  });
  for (const name of abandoned) await rm(join(parent, name), { recursive: true, force: true });
  const own = join(parent, `${PREFIX}${process.pid}`);
  await mkdir(own);
  return own;
}
