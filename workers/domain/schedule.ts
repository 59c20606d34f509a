import type { Visibility } from "../contract/videos.ts";

/** When a video becomes public, and when it becomes private again; milliseconds since the epoch. */
export interface Schedule {
  publishAt: number | null;
  unpublishAt: number | null;
}

export interface ScheduleFault {
  field: keyof Schedule | "premiere";
  message: string;
}

/** A time further in the future is taken for a mistyped year. */
const MAX_SCHEDULE_MS = 2 * 365 * 86_400_000;

/**
 * Why a schedule cannot be set, as a clause about a field. An unchanged time is not checked, because it may be over by
 * now.
 * @param after the new schedule
 * @param changed the times that are set now
 */
export function scheduleFault(
  after: Schedule & { visibility: Visibility },
  changed: Partial<Schedule>,
  now: number,
): ScheduleFault | null {
  for (const field of ["publishAt", "unpublishAt"] as const) {
    const time = changed[field] ?? null;
    if (time === null) continue;
    if (time <= now) return { field, message: "must be in the future" };
    if (time > now + MAX_SCHEDULE_MS) return { field, message: "must be within two years" };
  }
  const { publishAt, unpublishAt, visibility } = after;
  if (changed.publishAt && visibility !== "private")
    return { field: "publishAt", message: "needs a private video" };
  if (changed.unpublishAt && visibility === "private" && publishAt === null)
    return { field: "unpublishAt", message: "needs a video that is not private" };
  if (publishAt !== null && unpublishAt !== null && unpublishAt <= publishAt)
    return { field: "unpublishAt", message: "must be after the time of publication" };
  return null;
}

/** Why a video cannot have a premiere, as `scheduleFault` says it. @param after as it will be */
export function premiereFault(
  { publishAt, visibility }: Pick<Schedule, "publishAt"> & { visibility: Visibility },
  { premiere }: { premiere?: boolean | undefined },
): ScheduleFault | null {
  const isScheduled = visibility === "private" && publishAt !== null;
  return premiere && !isScheduled
    ? { field: "premiere", message: "needs a private video with a time of publication" }
    : null;
}
