import { mkdir, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** The host's name is part of it: containers that share a disk do not see each other's processes. */
const PREFIX = `kinora-transcoder-${hostname()}-`;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Any refusal but "no such process" comes from a process that is there.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
};

/**
 * The one folder in which this process keeps its temporary files, empty. What a process leaves that was killed is
 * removed here: every folder of this host whose process is gone, or has this one's id.
 *
 * @param parent holds the folders of all processes
 */
export const openScratch = async (parent: string): Promise<string> => {
  const folders = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  const left = folders.filter((name) => {
    const pid = Number(name.slice(PREFIX.length));
    return pid === process.pid || !isRunning(pid);
  });
  for (const name of left) await rm(join(parent, name), { recursive: true, force: true });
  const own = join(parent, `${PREFIX}${process.pid}`);
  await mkdir(own);
  return own;
};
