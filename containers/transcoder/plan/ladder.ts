import type { Fraction, VideoStream } from "../../../workers/contract/source.ts";
import type { VideoRendition } from "../../../workers/contract/transcodes.ts";
import { rateOf } from "../probe/frame-rate.ts";

interface LadderStep {
  shortSide: number;
  crf: number;
  /** Bits per second at 16:9 and 30 fps. */
  maxrate: number;
}

/** Steps are chosen by the short side, so that portrait videos get the same ones. */
const STEPS: readonly LadderStep[] = [
  { shortSide: 240, crf: 24, maxrate: 450_000 },
  { shortSide: 360, crf: 24, maxrate: 900_000 },
  { shortSide: 480, crf: 24, maxrate: 1_600_000 },
  { shortSide: 720, crf: 24, maxrate: 3_200_000 },
  { shortSide: 1080, crf: 24, maxrate: 6_000_000 },
  { shortSide: 1440, crf: 25, maxrate: 10_000_000 },
  { shortSide: 2160, crf: 26, maxrate: 18_000_000 },
];
/** Added below a rendition that would be the only one, for connections that are too slow for it. */
const FALLBACK_STEP: LadderStep = { shortSide: 180, crf: 24, maxrate: 270_000 };
/**
 * Added to a rendition's CRF, by how many renditions are above it. A small frame at high quality is wasteful: with the
 * same bits, the next larger one looks better (`npm run bench:quality`). The top rendition keeps its quality.
 */
const CRF_OFFSETS = [0, 2, 5, 6, 7, 8, 8];
/** For a ladder of two: the lower rendition serves every connection that is too slow for the upper one. */
const CRF_OFFSETS_OF_TWO = [0, 6];
/** A source larger than the highest step that fits by this factor gets a rendition of its own size on top. */
const OWN_SIZE_FACTOR = 1.2;
/**
 * Maximum of the longer side: many hardware decoders do not support wider H.264. DCI's 4096x2160 just fits; a panorama
 * is scaled down in both dimensions.
 */
export const MAX_SIDE_PIXELS = 4096;
/** The largest numerator or denominator of an aspect ratio that x264 writes. */
const MAX_ASPECT_TERM = 4096;
const BUFFER_SECONDS = 2;

const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));
const evenBelow = (value: number): number => Math.max(2, 2 * Math.floor(value / 2));

/** The closest fraction with both parts at most `limit`, by continued fractions. */
export function approximate(value: number, limit: number): Fraction {
  let [num, den, previousNum, previousDen] = [Math.floor(value), 1, 1, 0];
  for (let rest = value - num; rest > 1e-9;) {
    const inverse = 1 / rest;
    const whole = Math.floor(inverse + 1e-9);
    const [nextNum, nextDen] = [whole * num + previousNum, whole * den + previousDen];
    if (nextNum > limit || nextDen > limit) break;
    [num, den, previousNum, previousDen] = [nextNum, nextDen, num, den];
    rest = inverse - whole;
  }
  return num === 0 ? { num: 1, den: limit } : { num, den };
}

/** The steps for a source, lowest first: at least one, and none larger than the source unless there is no other. */
function stepsFor(shortSide: number): LadderStep[] {
  const fitting = STEPS.filter((step) => step.shortSide <= shortSide);
  const top = fitting.at(-1);
  const next = STEPS.find((step) => step.shortSide > shortSide);
  if (next !== undefined && (top === undefined || shortSide >= top.shortSide * OWN_SIZE_FACTOR)) {
    const share = shortSide / next.shortSide;
    fitting.push({
      shortSide: evenBelow(shortSide),
      crf: next.crf,
      maxrate: next.maxrate * share ** 2,
    });
  }
  return top !== undefined && fitting.length === 1 ? [FALLBACK_STEP, top] : fitting;
}

/**
 * The H.264 ladder of a source, lowest rendition first. The display aspect ratio is kept exactly: if even dimensions
 * miss it, the sample aspect ratio compensates, because DASH players check that all renditions share one.
 */
export function h264Ladder(
  source: Pick<VideoStream, "width" | "height">,
  frameRate: Fraction,
): VideoRendition[] {
  const portrait = source.height > source.width;
  const scale = Math.min(1, MAX_SIDE_PIXELS / Math.max(source.width, source.height));
  const [short, long] = [Math.min, Math.max].map(
    (side) => scale * side(source.width, source.height),
  ) as [number, number];
  const steps = stepsFor(short);
  const crfOffsets = steps.length === 2 ? CRF_OFFSETS_OF_TWO : CRF_OFFSETS;
  return steps.map((step, index) => {
    const exact = (step.shortSide * long) / short;
    const other = step.shortSide === evenBelow(short) ? evenBelow(long) : even(exact);
    const [width, height] = portrait ? [step.shortSide, other] : [other, step.shortSide];
    const area = (width * height) / ((step.shortSide ** 2 * 16) / 9);
    const maxrate = Math.round(
      step.maxrate * area ** 0.75 * Math.max(0.6, (rateOf(frameRate) / 30) ** 0.6),
    );
    return {
      type: "video",
      id: `h264-${step.shortSide}`,
      codec: "h264",
      width,
      height,
      pixelAspect: approximate((source.width * height) / (source.height * width), MAX_ASPECT_TERM),
      frameRate,
      crf: (steps.at(-1) ?? step).crf + (crfOffsets[steps.length - 1 - index] ?? 0),
      maxrate,
      bufsize: maxrate * BUFFER_SECONDS,
    };
  });
}
