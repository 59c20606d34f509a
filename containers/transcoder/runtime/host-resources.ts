import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";

/** Memory that is not the tasks': Node with the buffers that pass through it, and the system. */
const RESERVED_MEMORY = 512 * 1024 ** 2;

/** Bytes of memory that each task may take, all its processes together: what the machine, or its container, has. */
export const memoryOfTask = (slots: number): number => {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.floor((bytes - RESERVED_MEMORY) / slots);
};

/**
 * Bytes of the disk that each task may take: what is free now, while no task runs.
 *
 * @param cache bytes that the sources of all tasks take beside them
 */
export const diskOfTask = async (folder: string, cache: number, slots: number): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, Math.floor((bavail * bsize - cache) / slots));
};
