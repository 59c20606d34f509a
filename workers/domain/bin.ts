const DAY_MS = 86_400_000;

/** How long a deleted video can be restored. */
export function retentionMs({ RETENTION_DAYS }: { RETENTION_DAYS: string }): number {
  const days = Number(RETENTION_DAYS);
  if (!Number.isFinite(days) || days < 0)
    throw new Error("RETENTION_DAYS is a number of days, 0 or more.");
  return days * DAY_MS;
}
