import { readdirSync, readFileSync, writeFileSync } from "node:fs";

interface ProcessEntry {
  pid: number;
  parent: number;
  session: number;
}

/** All processes, from Linux' /proc; none on other systems. */
function listProcesses(): ProcessEntry[] {
  try {
    return readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // After the program's name, which may have any character: state, parent, group, session.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [{ pid: Number(name), parent: Number(fields[1]), session: Number(fields[3]) }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
  } catch {
    return [];
  }
}

/**
 * Gives the sessions that a process has started its niceness. Linux shares the processor between sessions first, and regards
 * the niceness of a process only within its session (sched(7), "The autogroup feature"): a nice server in a session of its
 * own would still get as much as a whole browser.
 */
export function stepBack(pid: number, niceness: number): void {
  const processes = listProcesses();
  const family = new Set([pid]);
  // The set grows meanwhile.
  for (const id of family)
    for (const { pid: child, parent } of processes) if (parent === id) family.add(child);
  for (const { pid: leader, session } of processes)
    if (leader === session && family.has(leader)) setSessionNiceness(leader, niceness);
}

/** @param session the id of its first process, or `self` */
export function setSessionNiceness(session: number | "self", niceness: number): void {
  try {
    writeFileSync(`/proc/${session}/autogroup`, String(niceness));
  } catch {
    // Other systems, and kernels without this feature, have no such file.
  }
}
