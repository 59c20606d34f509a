import Hls from "hls.js";
import { storeBandwidth } from "./bandwidth.ts";

/**
 * A segment that loads with less than this share of the last good estimate has waited for an interrupted network, or
 * the network has become slow; the next segment shows which.
 */
const SLOW_SHARE = 0.3;

/**
 * Retries waiting loads at once and clears the list of failed levels: hls.js avoids them until one of their segments
 * has loaded, but an interrupted network is not a level's fault.
 */
function loadAnew(hls: Hls): void {
  const { media } = hls;
  if (!media || hls.levels.length === 0) return;
  hls.stopLoad();
  hls.startLoad(media.currentTime, true);
}

/**
 * Lets the quality recover at once after the network was cut. hls.js averages all loading times by their lengths, and a
 * segment that waited for the network for ten seconds outweighs dozens that load in a fraction of one. So the first segment
 * after a cut replaces that average: by the one from before if the network is about as good again, else by its own.
 * @returns a function that ends it and stores the last estimate for the next video
 */
export function recoverFromCuts(hls: Hls): () => void {
  /** Time since the last segment that has loaded. */
  let isCut = false;
  let hasFailed = false;
  let lastGood = hls.bandwidthEstimate;
  hls.on(Hls.Events.ERROR, (_event, { type }) => {
    if (type === Hls.ErrorTypes.NETWORK_ERROR) isCut = hasFailed = true;
  });
  hls.on(Hls.Events.FRAG_LOAD_EMERGENCY_ABORTED, () => (isCut = true));
  hls.on(Hls.Events.FRAG_BUFFERED, (_event, { stats, frag }) => {
    if (frag.type !== "main" || frag.sn === "initSegment") return;
    const { start, first, end } = stats.loading;
    // The same way as hls.js measures.
    const seconds = (end - start - Math.min(first - start, hls.ttfbEstimate)) / 1000;
    const measured = (stats.loaded * 8) / Math.max(seconds, 0.001);
    const isSlow = measured < lastGood * SLOW_SHARE;
    if (isCut) hls.bandwidthEstimate = lastGood = isSlow ? measured : lastGood;
    else if (!isSlow) lastGood = hls.bandwidthEstimate;
    isCut = isSlow && !isCut;
    // hls.js' own handlers of this event come first.
    if (hasFailed) queueMicrotask(() => loadAnew(hls));
    hasFailed = false;
  });
  const onOnline = () => {
    if (!hasFailed) return;
    hasFailed = false;
    loadAnew(hls);
  };
  addEventListener("online", onOnline);
  return () => {
    removeEventListener("online", onOnline);
    storeBandwidth(isCut ? lastGood : hls.bandwidthEstimate);
  };
}
