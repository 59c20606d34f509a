import { Readable } from "node:stream";

/** Offset in a track header of version 0 (ISO/IEC 14496-12, 8.3.2) from its type to its matrix. */
const MATRIX_OFFSET = 44;
const MATRIX = [1, 0, 0, 0, 1, 0, 0, 0, 0x4000].map((value) => value * 65_536);
const MATRIX_BYTES = 4 * MATRIX.length;
/** In everything that we encode the header comes before this offset. */
const MAX_OFFSET = 4096;

async function* withIdentity(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const header = head.indexOf("tkhd");
    const isComplete = header >= 0 && header + MATRIX_OFFSET + MATRIX_BYTES <= head.length;
    if (!isComplete && head.length < MAX_OFFSET) continue;
    if (isComplete)
      for (const [index, value] of MATRIX.entries())
        head.writeInt32BE(value, header + MATRIX_OFFSET + 4 * index);
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

/**
 * Our filters turn the frames, but builds of ffmpeg before 6 copy the source's display matrix to the output, where
 * players would turn them again. Replaces it in the track header of fragmented MP4 with one track.
 */
export function uprightOutput(stream: Readable): Readable {
  return Readable.from(withIdentity(stream), { objectMode: false });
}
