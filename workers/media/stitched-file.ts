import type { ByteRange } from "./range.ts";

/** One of the stored objects that a file consists of. */
export interface FilePiece {
  key: string;
  bytes: number;
}

/** Which part of which pieces a range of the file needs, in order. */
function piecesOf(
  pieces: readonly FilePiece[],
  { offset, length }: ByteRange,
): { key: string; bytes: number; range: ByteRange }[] {
  const needed: { key: string; bytes: number; range: ByteRange }[] = [];
  let start = 0;
  for (const { key, bytes } of pieces) {
    const from = Math.max(offset, start);
    const to = Math.min(offset + length, start + bytes);
    if (from < to) needed.push({ key, bytes, range: { offset: from - start, length: to - from } });
    start += bytes;
  }
  return needed;
}

/**
 * Reads pieces in order as one stream. The bytes do not pass through JavaScript. A piece that is missing or has another
 * size aborts the stream, so that no client takes it for complete.
 */
export function readStitched(
  env: Pick<Env, "MEDIA">,
  pieces: readonly FilePiece[],
  range: ByteRange,
): ReadableStream {
  const { readable, writable } = new FixedLengthStream(range.length);
  async function copy(): Promise<void> {
    for (const piece of piecesOf(pieces, range)) {
      const object = await env.MEDIA.get(piece.key, { range: piece.range });
      if (object?.size !== piece.bytes) throw new Error(`${piece.key} is not as it was stored`);
      await object.body.pipeTo(writable, { preventClose: true });
    }
    await writable.close();
  }
  // The reader gets the error, and a reader that stops ends the writer too.
  copy().catch((error: unknown) => writable.abort(error).catch(() => undefined));
  return readable;
}
