import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";

/** Memory left for Node, its buffers and the system. */
const RESERVED_MEMORY_BYTES = 512 * 1024 ** 2;

/**
 * Bytes of memory for each task, including all of its processes: an equal share of the host's or container's memory.
 */
export function memoryPerTask(slots: number): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.floor((bytes - RESERVED_MEMORY_BYTES) / slots);
}

/** Share of a disk that temporary files may fill; the rest is for the image and the system. */
const USABLE_DISK_RATIO = 0.9;

/**
 * Bytes of disk for each task: an equal share of the whole disk. If less is free at the moment, this host is at fault
 * and not the source, for which another host may have room.
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
