import Hls from "hls.js";
import { browserStorage } from "../browser-storage.ts";

const KEY = "kinora.bandwidth";
/** Before anything was measured: enough for 480p, which nearly every connection has. */
const DEFAULT_BITS_PER_SECOND = 2_000_000;
/** Other tabs and protocols share the connection that the browser reports. */
const USABLE_SHARE = 0.7;

/**
 * The first segment after a cut is a small one, which measures less than the connection has. From this share of the last
 * good estimate on, that estimate holds again.
 */
const RECOVERED_SHARE = 0.3;

/** Network Information API, which Chromium has. */
interface ConnectionInfo {
  /** Megabits per second, at most 10 for privacy. */
  downlink?: number;
  saveData?: boolean;
}

/**
 * Bits per second that the first segment can count on: what this browser measured last, else what it knows of the
 * connection.
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

/** Remembers what was measured, for the next video. */
function storeBandwidth(
  bitsPerSecond: number,
  storage: Pick<Storage, "setItem"> = browserStorage(),
): void {
  if (Number.isFinite(bitsPerSecond)) storage.setItem(KEY, String(Math.round(bitsPerSecond)));
}

/**
 * Lets the quality recover at once after the network was cut. hls.js averages all loading times by their lengths, and a
 * segment that waited for the network for ten seconds outweighs dozens that load in a fraction of one. After the cut, the
 * first segment replaces that average: by the one from before if the network is about as good again, else by its own.
 * @returns a function that stores the last estimate
 */
export function followBandwidth(hls: Hls): () => void {
  let isCut = false;
  let lastGood = hls.bandwidthEstimate;
  const onTrouble = () => (isCut = true);
  hls.on(Hls.Events.ERROR, (_event, { type }) => {
    if (type === Hls.ErrorTypes.NETWORK_ERROR) onTrouble();
  });
  hls.on(Hls.Events.FRAG_LOAD_EMERGENCY_ABORTED, onTrouble);
  hls.on(Hls.Events.FRAG_BUFFERED, (_event, { stats, frag }) => {
    if (frag.type !== "main") return;
    const seconds = (stats.loading.end - stats.loading.first) / 1000;
    const measured = (stats.loaded * 8) / Math.max(seconds, 0.001);
    if (isCut) hls.bandwidthEstimate = measured > lastGood * RECOVERED_SHARE ? lastGood : measured;
    else lastGood = hls.bandwidthEstimate;
    isCut = false;
  });
  return () => storeBandwidth(isCut ? lastGood : hls.bandwidthEstimate);
}
