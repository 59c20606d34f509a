import type { Fraction } from "../../../workers/contract/source.ts";
import { rateOf } from "../probe/frame-rate.ts";

/** The size and quality of the probe encodes: cheap, and large enough to tell grain from flat colour. */
export const PROBE_PIXELS = 640 * 360;
export const PROBE_CRF = 24;
/** Bits grow slower than pixels: larger pictures are smoother. */
const SIZE_EXPONENT = 0.75;
/** x264 halves its bits about every six steps. */
const CRF_HALVING = 6;

/** How hard a picture is to encode. */
export type Complexity = {
  /** Bits a pixel of the probe encode. */
  bitsPerPixel: number;
  /** Its size; a small source is probed as it is. */
  pixels: number;
};

/** Bits a second that the sampled picture would take at another size and quality, on average. */
export const expectedRate = (
  { bitsPerPixel, pixels: probed }: Complexity,
  pixels: number,
  frameRate: Fraction,
  crf: number,
): number =>
  bitsPerPixel *
  probed *
  rateOf(frameRate) *
  (pixels / probed) ** SIZE_EXPONENT *
  2 ** ((PROBE_CRF - crf) / CRF_HALVING);
