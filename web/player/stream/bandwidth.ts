import { browserStorage } from "../../browser-storage.ts";

const KEY = "kinora.bandwidth";
/** Default before anything was measured: enough for 480p, which nearly every connection supports. */
const DEFAULT_BITS_PER_SECOND = 2_000_000;
/** Other tabs and protocols share the connection that the browser reports. */
const USABLE_SHARE = 0.7;

/** The Network Information API, which Chromium supports. */
interface ConnectionInfo {
  /** Megabits per second, at most 10 for privacy. */
  downlink?: number;
  saveData?: boolean;
}

/**
 * Bits per second that can be expected for the first segment: what this browser measured last, or else what it knows
 * about the connection.
 */
export function expectedBandwidth(
  connection: ConnectionInfo | undefined = (navigator as { connection?: ConnectionInfo })
    .connection,
  storage: Pick<Storage, "getItem"> = browserStorage(),
): number {
  const measured = Number(storage.getItem(KEY));
  const reported = (connection?.downlink ?? 0) * 1_000_000 * USABLE_SHARE;
  if (connection?.saveData) return Math.min(reported || DEFAULT_BITS_PER_SECOND, 1_000_000);
  return measured || reported || DEFAULT_BITS_PER_SECOND;
}

/** Stores the measured bandwidth for the next video. */
export function storeBandwidth(
  bitsPerSecond: number,
  storage: Pick<Storage, "setItem"> = browserStorage(),
): void {
  if (Number.isFinite(bitsPerSecond)) storage.setItem(KEY, String(Math.round(bitsPerSecond)));
}
