import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";

/** Memory left for Node, its buffers and the system. */
const RESERVED_MEMORY_BYTES = 512 * 1024 ** 2;

/** Bytes of memory for each task, all its processes together: an equal share of what the host or its container has. */
export function memoryPerTask(slots: number): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.floor((bytes - RESERVED_MEMORY_BYTES) / slots);
}

/** Of a disk, what temporary files may fill; the rest is for the image and the system. */
const USABLE_DISK_RATIO = 0.9;

/**
 * Bytes of disk for each task: an equal share of the whole disk. That less is free at the moment is a fault of this host and
 * not of the source, which another host may have room for.
 *
 * @param folder on the disk in question
 * @param cacheBytes reserved for the source cache
 */
export async function diskPerTask(
  folder: string,
  cacheBytes: number,
  slots: number,
): Promise<number> {
  const { blocks, bsize } = await statfs(folder);
  return Math.max(0, Math.floor((blocks * bsize * USABLE_DISK_RATIO - cacheBytes) / slots));
}
