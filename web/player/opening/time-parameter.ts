const UNITS_TIME = /^(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s?)?$/;
const CLOCK_TIME = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{2})$/;

/**
 * Seconds named by a link's `t`, in the forms that viewers and other players write: `42`, `42s`, `1m30s`, `1h2m3s`,
 * `1:30`. Null for anything else.
 */
export function parseTime(text: string | null | undefined): number | null {
  if (!text) return null;
  const match = CLOCK_TIME.exec(text) ?? UNITS_TIME.exec(text.toLowerCase());
  if (!match) return null;
  const [, hours = 0, minutes = 0, seconds = 0] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** `1m30s`, for links. @param seconds whole */
export function formatTime(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${hours ? `${hours}h` : ""}${minutes ? `${minutes}m` : ""}${seconds % 60}s`;
}

/** The time of an address: `?t=…`, or `#t=…` as in media fragments. */
export function timeOfAddress(t: string | undefined, hash: string): number | null {
  return parseTime(t) ?? parseTime(/^#t=([^,&]+)/.exec(hash)?.[1]);
}
