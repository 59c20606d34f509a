import { browserStorage } from "../browser-storage.ts";

const KEY = "kinora.resume";
const KEEP = 200;

interface Position {
  id: string;
  /** Seconds. */
  at: number;
}

function read(storage: Pick<Storage, "getItem">): Position[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? (stored as Position[]) : [];
  } catch {
    return [];
  }
}

/** Second to go on at in this browser; 0 for a film not begun, barely begun or seen to the end. */
export const resumeAt = (
  id: string,
  storage: Pick<Storage, "getItem"> = browserStorage(),
): number => read(storage).find((position) => position.id === id)?.at ?? 0;

/** Remembers how far a film was watched. The newest 200 films are kept. @param at and duration in seconds */
export function remember(
  id: string,
  at: number,
  duration: number,
  storage: Pick<Storage, "getItem" | "setItem"> = browserStorage(),
): void {
  const others = read(storage).filter((position) => position.id !== id);
  const begun = at > 10 && at < duration - Math.min(30, duration * 0.05);
  const positions = begun ? [{ id, at: Math.floor(at) }, ...others] : others;
  storage.setItem(KEY, JSON.stringify(positions.slice(0, KEEP)));
}
