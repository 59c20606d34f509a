import type { Fraction, SourceInfo } from "../../../workers/contract/source.ts";
import type { CopyRefusal } from "../../../workers/contract/notices.ts";
import type { Grid } from "../../../workers/contract/transcodes.ts";
import { MAX_SIDE_PIXELS } from "../plan/ladder.ts";
import { FRAME_RATE_TOLERANCE, MAX_FRAME_RATE, rateOf } from "../probe/frame-rate.ts";
import { readBoxes, requireBox } from "../segments/mp4-boxes.ts";
import { VISUAL_ENTRY_BYTES } from "../segments/codecs.ts";
import { MIN_LAST_FRAMES } from "../video/video-args.ts";
import type { Mp4Track } from "./mp4-index.ts";
import { readSequenceParameters } from "./sps.ts";

/** Baseline, Main and High: what every browser and phone decodes. */
const WEB_PROFILES = [66, 77, 100];
/** How far a frame may be from its position on the output grid, in frames. */
const MAX_FRAME_DEVIATION = 0.25;
/** The longest time between two positions at which a player can start. */
const MAX_SEGMENT_SECONDS = 5;
/** NAL unit type of a picture at which decoding can begin. */
const IDR_PICTURE = 5;

/** The `avcC` box of an H.264 track, without its header. */
export function decoderConfiguration({ entry }: Mp4Track): Buffer {
  const { body, end } = requireBox(entry, ["avcC"], VISUAL_ENTRY_BYTES);
  return entry.subarray(body, end);
}

function isWebCodec(track: Mp4Track, { video }: SourceInfo): boolean {
  if (track.handler !== "vide" || track.entryType !== "avc1" || video.codec !== "h264")
    return false;
  const configuration = decoderConfiguration(track);
  if (((configuration[5] ?? 0) & 0x1f) !== 1) return false;
  const length = configuration.readUInt16BE(6);
  const { profile, chromaFormat, bitDepth, isProgressive, isFullRange, width, height } =
    readSequenceParameters(configuration.subarray(8, 8 + length));
  return (
    WEB_PROFILES.includes(profile) &&
    chromaFormat === 1 &&
    bitDepth === 8 &&
    isProgressive &&
    !isFullRange &&
    !video.interlaced &&
    video.range === "sdr" &&
    ["bt709", "smpte170m"].includes(video.matrix) &&
    width === video.codedWidth &&
    height === video.codedHeight
  );
}

/** Whether every player shows the frames as stored. */
function isUpright(track: Mp4Track, { video }: SourceInfo): boolean {
  const children = [...readBoxes(track.entry, VISUAL_ENTRY_BYTES)].map(({ type }) => type);
  return (
    video.rotation === 0 &&
    video.mirrored !== true &&
    video.crop === undefined &&
    !track.isTransformed &&
    !children.includes("clap") &&
    video.width === video.codedWidth &&
    video.height === video.codedHeight &&
    Math.max(video.width, video.height) <= MAX_SIDE_PIXELS
  );
}

/**
 * The position of each frame on the output grid, in decoding order.
 * @returns undefined if two frames share a position, one is empty, or a frame is too far from its position
 */
export function framePositions(
  { samples, timescale }: Mp4Track,
  { frameRate }: Pick<Grid, "frameRate">,
): Int32Array | undefined {
  const { count, times } = samples;
  const first = times.reduce((least, time) => Math.min(least, time), Infinity);
  const positions = new Int32Array(count);
  const isTaken = new Uint8Array(count);
  for (let sample = 0; sample < count; sample += 1) {
    const exact = (((times[sample] ?? 0) - first) / timescale) * rateOf(frameRate);
    const position = Math.round(exact);
    if (Math.abs(exact - position) > MAX_FRAME_DEVIATION) return undefined;
    if (position >= count || isTaken[position] === 1) return undefined;
    isTaken[position] = 1;
    positions[sample] = position;
  }
  return positions;
}

/**
 * By how many frames the decoding order differs from the presentation order, at most.
 * @param positions in decoding order
 */
export function reorderedFrames(positions: Int32Array): number {
  return positions.reduce((most, position, index) => Math.max(most, index - position), 0);
}

/** Whether the whole track is presented, from the start of the video to its end, one frame at a time. */
function isPresentedWhole(track: Mp4Track, { video }: SourceInfo, grid: Grid): boolean {
  const { samples, timescale, presentation } = track;
  const frame = 1 / rateOf(grid.frameRate);
  const first = samples.times.reduce((least, time) => Math.min(least, time), Infinity) / timescale;
  const { duration = Infinity } = presentation;
  return (
    rateOf(video.frameRate) <= MAX_FRAME_RATE * FRAME_RATE_TOLERANCE &&
    Math.abs(video.startTime) < frame / 2 &&
    Math.abs(samples.count - grid.totalFrames) <= 1 &&
    // Without an edit list, the reordering delay shifts the track.
    (duration === Infinity || Math.abs(presentation.mediaStart - first) < frame / 2) &&
    duration > (samples.count - 1.5) * frame
  );
}

/** By how many frames a track's decoding times precede its presentation times, as ffmpeg counts them, at most. */
function decodingLead({ samples, timescale }: Mp4Track, frameRate: Fraction): number {
  let decodingTime = 0;
  let [least, most] = [0, 0];
  for (let sample = 0; sample < samples.count; sample += 1) {
    const offset = (samples.times[sample] ?? 0) - decodingTime;
    least = Math.min(least, offset);
    most = Math.max(most, offset);
    decodingTime += samples.durations[sample] ?? 0;
  }
  return ((most - least) / timescale) * rateOf(frameRate);
}

/**
 * Keyframes that nothing crosses: neither they nor any later frame depends on an earlier one, in any order.
 * @param lead as returned by `decodingLead`: ffmpeg, which seeks by decoding times, would mistake another keyframe that
 * follows closely for it
 */
function closedKeyFrames(positions: Int32Array, isSync: Uint8Array, lead: number): number[] {
  const keys: number[] = [];
  let earliest = positions.length;
  let nextSync = Infinity;
  for (let sample = positions.length - 1; sample >= 0; sample -= 1) {
    earliest = Math.min(earliest, positions[sample] ?? 0);
    if (isSync[sample] !== 1) continue;
    const isFound = sample === 0 || nextSync - sample >= lead + 1;
    if (earliest === sample && isFound) keys.push(sample);
    nextSync = sample;
  }
  return keys.toReversed();
}

/**
 * Where to cut: at the keyframes that give segments of about the intended length.
 * @param keys frames, ascending
 * @param minFrames of the last segment, which may become that much longer than `maxFrames`
 * @returns the first frame of each segment and the end of the last; undefined if keyframes are too far apart
 */
export function chooseCuts(
  keys: readonly number[],
  totalFrames: number,
  wantedFrames: number,
  maxFrames: number,
  minFrames: number,
): number[] | undefined {
  if (keys[0] !== 0) return undefined;
  const cuts = [0];
  let next = 1;
  for (let start = 0; totalFrames - start > wantedFrames;) {
    let best: number | undefined;
    for (; next < keys.length && (keys[next] ?? 0) - start <= maxFrames; next += 1) {
      const key = keys[next] ?? 0;
      const isCloser =
        best === undefined ||
        Math.abs(key - start - wantedFrames) <= Math.abs(best - start - wantedFrames);
      if (isCloser) best = key;
      else break;
    }
    if (best === undefined) {
      if (totalFrames - start <= maxFrames) break;
      return undefined;
    }
    cuts.push(best);
    start = best;
  }
  if (cuts.length > 1 && totalFrames - (cuts.at(-1) ?? 0) < minFrames) cuts.pop();
  return [...cuts, totalFrames];
}

/** How a video track is copied. */
export interface VideoCopy {
  /** As in a video task's spec. */
  cuts: number[];
  /** Bits per second on average, and in the segment that has the most. */
  bitrate: number;
  peak: number;
}

function describeCopy({ samples }: Mp4Track, { frameRate }: Grid, cuts: number[]): VideoCopy {
  const rates = cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? 0;
    const bytes = samples.sizes.subarray(start, end).reduce((sum, size) => sum + size, 0);
    return { bits: bytes * 8, seconds: (end - start) / rateOf(frameRate) };
  });
  const total = (of: "bits" | "seconds") => rates.reduce((sum, rate) => sum + rate[of], 0);
  return {
    cuts,
    bitrate: total("bits") / total("seconds"),
    peak: Math.ceil(Math.max(...rates.map(({ bits, seconds }) => bits / seconds))),
  };
}

/**
 * Decides whether the video track can be published unchanged, apart from its bitrate.
 * @param segmentSeconds intended length of segments
 */
export function judgeVideo(
  track: Mp4Track | undefined,
  source: SourceInfo,
  grid: Grid,
  segmentSeconds: number,
): VideoCopy | CopyRefusal {
  if (source.video.codec !== "h264") return "codec";
  if (track === undefined) return "container";
  try {
    if (!isWebCodec(track, source)) return "codec";
    if (!isUpright(track, source)) return "shape";
  } catch {
    return "codec";
  }
  const { samples } = track;
  const end = samples.offsets.reduce(
    (last, offset, sample) => Math.max(last, offset + (samples.sizes[sample] ?? 0)),
    0,
  );
  if (samples.count === 0 || end > source.bytes || samples.sizes.includes(0)) return "container";
  const positions = isPresentedWhole(track, source, grid) ? framePositions(track, grid) : undefined;
  if (positions === undefined) return "frame_times";
  const rate = rateOf(grid.frameRate);
  const maxSeconds = Math.max(MAX_SEGMENT_SECONDS, segmentSeconds);
  const cuts = chooseCuts(
    closedKeyFrames(positions, samples.isSync, decodingLead(track, grid.frameRate)),
    samples.count,
    Math.round(segmentSeconds * rate),
    Math.round(maxSeconds * rate),
    // The encoded renditions are cut at the same frames.
    Math.max(MIN_LAST_FRAMES, reorderedFrames(positions) + 1),
  );
  return cuts === undefined ? "key_frames" : describeCopy(track, grid, cuts);
}

/**
 * Whether a sample contains an IDR picture. Files may mark other pictures as keyframes, after which some frames still
 * depend on earlier ones.
 * @param sample the beginning of its bytes
 */
export function startsWithIdr(track: Mp4Track, sample: Buffer): boolean {
  const lengthBytes = ((decoderConfiguration(track)[4] ?? 0) & 3) + 1;
  for (let offset = 0; offset + lengthBytes < sample.length;) {
    const type = (sample[offset + lengthBytes] ?? 0) & 0x1f;
    if (type >= 1 && type <= IDR_PICTURE) return type === IDR_PICTURE;
    offset += lengthBytes + sample.readUIntBE(offset, lengthBytes);
  }
  return false;
}
