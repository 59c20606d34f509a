const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Why the tasks of a creator wait until midnight: the code is stable, the sentence is shown to the creator. */
export const ENCODE_BUDGET_USED = {
  code: "encode_minutes_used",
  detail:
    "Your account has used all of its encoding time for today. Transcoding continues automatically after midnight UTC.",
} as const;

/** How long the runners may work for one creator per day, in milliseconds; null without a limit. */
export function encodeBudgetMs({
  ENCODE_MINUTES_PER_DAY,
}: {
  ENCODE_MINUTES_PER_DAY: string;
}): number | null {
  const minutes = Number(ENCODE_MINUTES_PER_DAY);
  return minutes > 0 ? minutes * MINUTE_MS : null;
}

/** Number of the UTC day since the epoch. */
export function utcDay(now: number): number {
  return Math.floor(now / DAY_MS);
}

/** When the next UTC day starts. */
export function nextMidnight(now: number): number {
  return (utcDay(now) + 1) * DAY_MS;
}
