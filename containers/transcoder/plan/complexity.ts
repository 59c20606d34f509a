import type { Fraction } from "../../../workers/contract/source.ts";
import { rateOf } from "../probe/frame-rate.ts";

/** Size and quality of the sample encodes: cheap, but large enough to tell film grain from flat areas. */
export const PROBE_PIXELS = 640 * 360;
export const PROBE_CRF = 24;
/** Bits grow more slowly than pixels, because larger frames are smoother. */
const SIZE_EXPONENT = 0.75;
/** x264 needs about half the bits with every six steps of CRF. */
const CRF_STEPS_PER_HALVING = 6;

/** The number of bits that a video needs. */
export interface Complexity {
  /** Measured in the sample encode. */
  bitsPerPixel: number;
  /** Pixels per frame of the sample encode, which does not enlarge a small source. */
  pixels: number;
}

/** The average bits per second that the sampled video would take at another size and quality. */
export function expectedRate(
  { bitsPerPixel, pixels: probed }: Complexity,
  pixels: number,
  frameRate: Fraction,
  crf: number,
): number {
  return (
    bitsPerPixel *
    probed *
    rateOf(frameRate) *
    (pixels / probed) ** SIZE_EXPONENT *
    2 ** ((PROBE_CRF - crf) / CRF_STEPS_PER_HALVING)
  );
}
