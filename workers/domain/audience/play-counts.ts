import { HUNDREDTHS } from "../../contract/hundredths.ts";

const DIGITS = 2;
const BASE = 36;
const MAX_TENTHS = BASE ** DIGITS - 1;

/** How often each hundredth of a video was played, as players send it: in tenths, two digits of base 36 each. */
export function writePlays(plays: readonly number[]): string {
  return plays
    .map((count) => Math.min(MAX_TENTHS, Math.max(0, Math.round(count * 10))))
    .map((tenths) => tenths.toString(BASE).padStart(DIGITS, "0"))
    .join("");
}

/** What `writePlays` wrote, in tenths. */
export function readTenths(text: string): number[] {
  return Array.from({ length: HUNDREDTHS }, (_, index) =>
    Number.parseInt(text.slice(DIGITS * index, DIGITS * (index + 1)), BASE),
  );
}
