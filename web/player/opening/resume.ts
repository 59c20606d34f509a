import { browserStorage } from "../../browser-storage.ts";

const KEY = "kinora.resume";
const MAX_POSITIONS = 200;
/** A video watched for less than this starts from the beginning. */
const MIN_RESUME_SECONDS = 10;
/** The last 5 % of a video, but at most this much, counts as its end. */
const MAX_ENDING_SECONDS = 30;

interface StoredPosition {
  id: string;
  /** Seconds. */
  at: number;
  /** When it was stored without an account and not sent to one since; in milliseconds since the epoch. */
  unsentSince?: number;
}

function read(storage: Pick<Storage, "getItem">): StoredPosition[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? (stored as StoredPosition[]) : [];
  } catch {
    return [];
  }
}

/** Where this browser resumes a video, in seconds; 0 when it was barely started or watched to the end. */
export function storedPosition(
  id: string,
  storage: Pick<Storage, "getItem"> = browserStorage(),
): number {
  return read(storage).find((position) => position.id === id)?.at ?? 0;
}

/**
 * Stores how far a video was watched, for the {@link MAX_POSITIONS} latest videos.
 * @param at and duration in seconds
 * @param isSent an account gets the position too
 */
export function storePosition(
  id: string,
  at: number,
  duration: number,
  isSent: boolean,
  storage: Pick<Storage, "getItem" | "setItem"> = browserStorage(),
): void {
  const others = read(storage).filter((position) => position.id !== id);
  const ending = Math.min(MAX_ENDING_SECONDS, duration * 0.05);
  const resumable = at > MIN_RESUME_SECONDS && at < duration - ending;
  const position = { id, at: Math.floor(at), ...(!isSent && { unsentSince: Date.now() }) };
  const positions = resumable ? [position, ...others] : others;
  storage.setItem(KEY, JSON.stringify(positions.slice(0, MAX_POSITIONS)));
}

/** Positions that no account has received. */
export function unsentPositions(
  storage: Pick<Storage, "getItem"> = browserStorage(),
): { id: string; at: number; unsentSince: number }[] {
  return read(storage).flatMap(({ id, at, unsentSince }) =>
    unsentSince === undefined ? [] : [{ id, at, unsentSince }],
  );
}

/** An account has received all positions. */
export function markPositionsSent(
  storage: Pick<Storage, "getItem" | "setItem"> = browserStorage(),
): void {
  const sent = read(storage).map(({ id, at }) => ({ id, at }));
  storage.setItem(KEY, JSON.stringify(sent));
}
