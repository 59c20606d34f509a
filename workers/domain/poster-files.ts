import { POSTER_TYPES, type PosterType } from "../contract/poster-limits.ts";
import { kindOfBytes, SIGNATURE_BYTES } from "./file-signatures.ts";

/**
 * The type of a picture that can become a poster, by its first bytes alone: what a name or a header says, anybody can
 * write. Whether the rest can be read shows when a runner decodes it.
 * @returns null for everything else, moving pictures among them
 */
export function posterTypeOf(file: Uint8Array): PosterType | null {
  const type = kindOfBytes(file.subarray(0, SIGNATURE_BYTES))?.contentType;
  return POSTER_TYPES.find((one) => one === type) ?? null;
}
