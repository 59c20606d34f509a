/** What a bit rate is measured over: seconds and bytes of one segment. */
export interface Weight {
  seconds: number;
  bytes: number;
}

/**
 * Peak segment bit rate in bits a second: the largest rate of any contiguous run of segments that lasts between
 * 0.5 and 1.5 times the target duration (RFC 8216bis, 4.4.6.2). A short last segment with its full I-frame so
 * counts together with its neighbour, and a track that is shorter than that as a whole.
 */
export function peakBandwidth(segments: readonly Weight[], target: number): number {
  let peak = 0;
  for (let first = 0; first < segments.length; first++) {
    let seconds = 0;
    let bytes = 0;
    for (let last = first; last < segments.length; last++) {
      seconds += segments[last]!.seconds;
      bytes += segments[last]!.bytes;
      if (seconds > 1.5 * target) break;
      if (seconds >= 0.5 * target) peak = Math.max(peak, (bytes * 8) / seconds);
    }
  }
  return Math.ceil(peak) || averageBandwidth(segments);
}

/** Average segment bit rate of a whole track in bits a second. */
export function averageBandwidth(segments: readonly Weight[]): number {
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return Math.ceil((bytes * 8) / seconds);
}
