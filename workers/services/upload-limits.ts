import { bytesInBin } from "../db/bin.ts";
import type { Catalog } from "../db/client.ts";
import type { UploadUsage } from "../db/upload-usage.ts";
import type { UploadRow } from "../db/uploads.ts";
import { byteSize } from "../domain/byte-size.ts";
import { nextMidnight } from "../domain/tasks/encode-budget.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";

/** The limits of one account. */
interface UploadLimits {
  quotaBytes: number;
  /** 0 for no limit. */
  uploadsPerDay: number;
}

/** The reason why an upload is one too many for its account; null if it is not. @param used with this upload */
export async function uploadRefusal(
  db: Catalog,
  { ownerId, size, createdAt }: UploadRow,
  used: UploadUsage,
  { quotaBytes, uploadsPerDay }: UploadLimits,
): Promise<AppError | null> {
  if (used.bytes > quotaBytes) return quotaExceeded(db, ownerId, size, quotaBytes);
  if (uploadsPerDay > 0 && used.uploadsToday > uploadsPerDay)
    return dayIsFull(uploadsPerDay, createdAt);
  if (used.openUploads > LIMITS.openUploadsPerAccount)
    return new AppError(
      "limit_reached",
      `An account can have ${LIMITS.openUploadsPerAccount} unfinished uploads. Complete or discard one first.`,
    );
  if (used.videos > LIMITS.videosPerAccount)
    return new AppError(
      "limit_reached",
      `An account can have ${LIMITS.videosPerAccount} videos. Delete videos you no longer need, and empty your bin.`,
    );
  return null;
}

function dayIsFull(uploadsPerDay: number, now: number): AppError {
  const waitMs = nextMidnight(now) - now;
  return new AppError(
    "limit_reached",
    `Your account can begin ${uploadsPerDay} uploads per day. Go on after midnight UTC.`,
    { headers: { "retry-after": String(Math.ceil(waitMs / 1000)) } },
  );
}

async function quotaExceeded(
  db: Catalog,
  ownerId: string,
  size: number,
  quotaBytes: number,
): Promise<AppError> {
  const binned = await bytesInBin(db, ownerId);
  const advice =
    binned > 0
      ? `Your bin holds ${byteSize(binned)}: empty it, or delete videos you no longer need.`
      : "Delete videos you no longer need, then empty your bin.";
  return new AppError(
    "quota_exceeded",
    `This file of ${byteSize(size)} would exceed your storage quota of ${byteSize(quotaBytes)}. ${advice}`,
  );
}
