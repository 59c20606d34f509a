import { access, constants, statfs } from "node:fs/promises";

/** With less free space than this, a task may fail. */
const MIN_FREE_BYTES = 256 * 1024 ** 2;

/** Error codes of the file system that are the host's fault, not a source's. */
const DISK_ERRORS = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO"]);

/**
 * Why this host cannot take a task now: its disk is full, or the folder for temporary files is missing or not writable.
 * Null if it can.
 * @param bytesOf how many bytes are free on the disk of a folder
 */
export async function unfitness(
  folder: string,
  bytesOf: (folder: string) => Promise<number> = freeBytes,
): Promise<string | null> {
  try {
    await access(folder, constants.W_OK);
    const free = await bytesOf(folder);
    if (free >= MIN_FREE_BYTES) return null;
    return `The disk of the scratch folder has ${Math.floor(free / 1024 ** 2)} MiB left.`;
  } catch (error) {
    return `The scratch folder cannot be used: ${(error as Error).message}`;
  }
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Whether an error, or its cause, means that the disk of this host accepts no more data. */
export function isDiskError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && DISK_ERRORS.has(code)) || isDiskError(error.cause);
}

/** ffmpeg's wording. */
export const isDiskFull = (stderr: string): boolean =>
  /No space left on device|Disk quota exceeded|Read-only file system/.test(stderr);
