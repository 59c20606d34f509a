/** `2026-03-01T18:30` in the time zone of the device, the value of a datetime-local input; empty for none. */
export function localOf(iso: string | null): string {
  if (iso === null) return "";
  const date = new Date(iso);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The moment that a field for date and time names; null for an empty or impossible one. */
export function isoOf(local: string): string | null {
  const time = Date.parse(local);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** `Europe/Berlin`: the time zone of the device. */
export function timeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
