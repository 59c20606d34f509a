const DAY_MS = 86_400_000;

interface RetentionEnv {
  RETENTION_DAYS: string;
}

/** How many days a deleted video can be restored. */
export function retentionDays({ RETENTION_DAYS }: RetentionEnv): number {
  const days = Number(RETENTION_DAYS);
  if (!Number.isFinite(days) || days < 0)
    throw new Error("RETENTION_DAYS is a number of days, 0 or more.");
  return days;
}

/** How long a deleted video can be restored. */
export const retentionMs = (env: RetentionEnv): number => retentionDays(env) * DAY_MS;
