import { z } from "zod";
import { Timestamp } from "./common.ts";

/** A copy of all libraries in the bucket of backups. */
const LibraryBackup = z.object({
  day: z.iso.date(),
  finishedAt: Timestamp,
  accounts: z.int(),
  parts: z.int(),
});
export const LibraryBackupList = z.object({ items: z.array(LibraryBackup) });
export type LibraryBackupList = z.infer<typeof LibraryBackupList>;

export const LibraryRestore = z.strictObject({
  /** Number of the part, from 0. */
  part: z.int().min(0),
});
export const LibraryRestored = z.object({
  /** Accounts whose libraries are as they were; those that do not exist are left out. */
  accounts: z.int(),
  /** The next part; null after the last. */
  next: z.int().nullable(),
});
export type LibraryRestored = z.infer<typeof LibraryRestored>;
