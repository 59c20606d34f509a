/** Length and size of one segment, or of one frame of an I-frame playlist. */
export interface MeasuredSegment {
  seconds: number;
  bytes: number;
}

/**
 * Peak segment bit rate in bits per second: the largest rate of any contiguous run of segments that lasts between
 * 0.5 and 1.5 times the target duration (RFC 8216bis, 4.4.6.2). A short last segment, which still has a whole I-frame,
 * therefore counts together with its neighbour. For a track shorter than any such run it is the average.
 */
export function peakBandwidth(segments: readonly MeasuredSegment[], targetSeconds: number): number {
  let peak = 0;
  for (let first = 0; first < segments.length; first++) {
    let seconds = 0;
    let bytes = 0;
    for (let last = first; last < segments.length; last++) {
      seconds += segments[last]!.seconds;
      bytes += segments[last]!.bytes;
      if (seconds > 1.5 * targetSeconds) break;
      if (seconds >= 0.5 * targetSeconds) peak = Math.max(peak, (bytes * 8) / seconds);
    }
  }
  return Math.ceil(peak) || averageBandwidth(segments);
}

/** Average segment bit rate of a whole track in bits per second. */
export function averageBandwidth(segments: readonly MeasuredSegment[]): number {
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return Math.ceil((bytes * 8) / seconds);
}
