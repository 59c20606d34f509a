import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";

/** Memory left for Node, its buffers and the system. */
const RESERVED_MEMORY_BYTES = 512 * 1024 ** 2;

/** Bytes of memory for each task, all its processes together: an equal share of what the host or its container has. */
export function memoryPerTask(slots: number): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.floor((bytes - RESERVED_MEMORY_BYTES) / slots);
}

/**
 * Bytes of disk for each task: an equal share of what is free now, before any task has started.
 *
 * @param folder on the disk in question
 * @param cacheBytes reserved for the source cache
 */
export async function diskPerTask(
  folder: string,
  cacheBytes: number,
  slots: number,
): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, Math.floor((bavail * bsize - cacheBytes) / slots));
}
