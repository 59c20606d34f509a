import type { Fraction, VideoStream } from "../../../workers/contract/source.ts";
import type { VideoRendition } from "../../../workers/contract/transcode.ts";
import { rateOf } from "../probe/frame-rate.ts";

type Rung = {
  short: number;
  crf: number;
  /** Bits a second at 16:9 and 30 fps. */ maxrate: number;
};

/** By the short side, so that portrait films get the same steps. */
const RUNGS: readonly Rung[] = [
  { short: 240, crf: 24, maxrate: 450_000 },
  { short: 360, crf: 24, maxrate: 900_000 },
  { short: 480, crf: 24, maxrate: 1_600_000 },
  { short: 720, crf: 24, maxrate: 3_200_000 },
  { short: 1080, crf: 24, maxrate: 6_000_000 },
  { short: 1440, crf: 25, maxrate: 10_000_000 },
  { short: 2160, crf: 26, maxrate: 18_000_000 },
];
/** Below the lowest, where that is the only one: a connection that is too slow for it has nothing else to switch to. */
const BELOW: Rung = { short: 180, crf: 24, maxrate: 270_000 };
/**
 * Steps of constant quality that a rung gives up for each rung above it. Small pictures at high quality are wasted:
 * at the same bits the next larger one looks better (`npm run bench:quality`). The top rung gives up nothing.
 */
const QUALITY_STEPS = [0, 2, 5, 6, 7, 8, 8];
/** The same where there are but two: the lower one is for all the connections that are too slow for the upper. */
const QUALITY_STEPS_OF_TWO = [0, 6];
/** A source this much larger than the highest rung that fits gets a rung of its own size on top. */
const OWN_SIZE = 1.2;
/**
 * Pixels of the longer side, at most: many decoders in hardware take H.264 no wider, and x264 none wider than 16384.
 * DCI's 4096x2160 just fits; a panorama becomes smaller as a whole.
 */
export const MAX_SIDE = 4096;
/** The largest numerator or denominator that x264 keeps in a stream. */
const MAX_ASPECT = 4096;
const BUFFER_SECONDS = 2;

const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));
const evenBelow = (value: number): number => Math.max(2, 2 * Math.floor(value / 2));

/** The closest fraction with both parts at most `limit`, by continued fractions. */
export const approximate = (value: number, limit: number): Fraction => {
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
};

/** The rungs a picture deserves: none larger than itself, at least one, lowest first. */
const renditionsFor = (short: number): Rung[] => {
  const fitting = RUNGS.filter((rung) => rung.short <= short);
  const top = fitting.at(-1);
  const next = RUNGS.find((rung) => rung.short > short);
  if (next !== undefined && (top === undefined || short >= top.short * OWN_SIZE)) {
    const share = short / next.short;
    fitting.push({ short: evenBelow(short), crf: next.crf, maxrate: next.maxrate * share ** 2 });
  }
  return top !== undefined && fitting.length === 1 ? [BELOW, top] : fitting;
};

/**
 * The H.264 ladder of a source, lowest rung first. The display ratio is kept exactly: where even dimensions
 * miss it, the sample aspect ratio makes up for it, as DASH's aspect check wants.
 */
export const h264Ladder = (
  source: Pick<VideoStream, "width" | "height">,
  frameRate: Fraction,
): VideoRendition[] => {
  const portrait = source.height > source.width;
  const scale = Math.min(1, MAX_SIDE / Math.max(source.width, source.height));
  const [short, long] = [Math.min, Math.max].map(
    (side) => scale * side(source.width, source.height),
  ) as [number, number];
  const rungs = renditionsFor(short);
  const steps = rungs.length === 2 ? QUALITY_STEPS_OF_TWO : QUALITY_STEPS;
  return rungs.map((rung, index) => {
    const exact = (rung.short * long) / short;
    const other = rung.short === evenBelow(short) ? evenBelow(long) : even(exact);
    const [width, height] = portrait ? [rung.short, other] : [other, rung.short];
    const area = (width * height) / ((rung.short ** 2 * 16) / 9);
    const maxrate = Math.round(
      rung.maxrate * area ** 0.75 * Math.max(0.6, (rateOf(frameRate) / 30) ** 0.6),
    );
    return {
      type: "video",
      id: `h264-${rung.short}`,
      codec: "h264",
      width,
      height,
      pixelAspect: approximate((source.width * height) / (source.height * width), MAX_ASPECT),
      frameRate,
      crf: (rungs.at(-1) ?? rung).crf + (steps[rungs.length - 1 - index] ?? 0),
      maxrate,
      bufsize: maxrate * BUFFER_SECONDS,
    };
  });
};
