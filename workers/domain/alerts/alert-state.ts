/**
 * The state of an alert. `pending`: the value is bad, but not for long enough; `firing`: the operators are notified;
 * `resolved`: it is over.
 */
export type AlertState = "pending" | "firing" | "resolved";

export interface Alert {
  state: AlertState;
  /** When it entered this state, and when its value exceeded the limit. Milliseconds since the epoch. */
  since: number;
  badSince: number;
  /** The newest value above the limit. */
  value: number;
}

/**
 * The next state of an alert.
 * @param before null for a rule that was never above its limit
 * @param value null if there were too few numbers to tell, which counts as below
 * @returns null for nothing to remember
 */
export function nextAlert(
  before: Alert | null,
  value: number | null,
  above: number,
  forMinutes: number,
  now: number,
): Alert | null {
  const isBad = value !== null && value > above;
  if (!isBad) {
    if (before?.state === "firing") return { ...before, state: "resolved", since: now };
    return before?.state === "resolved" ? before : null;
  }
  const badSince = before && before.state !== "resolved" ? before.badSince : now;
  const state = now - badSince >= forMinutes * 60_000 ? "firing" : "pending";
  const since = before?.state === state ? before.since : now;
  return { state, since, badSince, value };
}
