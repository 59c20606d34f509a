/**
 * A raw H.264 stream whose fields are pictures of their own (PAFF), as broadcasters write it and no encoder here does:
 * uncompressed macroblocks (I_PCM), so that it needs no transform. Clauses are those of ITU-T H.264.
 */

const MACROBLOCK = 16;
const CHROMA_BLOCK_BYTES = 64;
const FRAME_NUMBER_BITS = 4;
const ORDER_COUNT_BITS = 8;
const NAL = { field: 1, idr: 5, sequence: 7, picture: 8 } as const;

/** Bits, most significant first. */
export class BitWriter {
  #bits = "";
  fixed(value: number, length: number): this {
    this.#bits += value.toString(2).padStart(length, "0");
    return this;
  }
  bits(bits: string): this {
    this.#bits += bits;
    return this;
  }
  /** Exp-Golomb codes, ue(v): clause 9.1. */
  golomb(...values: readonly number[]): this {
    for (const value of values) {
      const code = (value + 1).toString(2);
      this.#bits += code.padStart(2 * code.length - 1, "0");
    }
    return this;
  }
  /** A bit of 1 and zeros up to the next byte: clause 7.3.2.11. */
  end(): Buffer {
    return this.fixed(1, 1).aligned();
  }
  aligned(): Buffer {
    const bits = this.#bits.padEnd(Math.ceil(this.#bits.length / 8) * 8, "0");
    return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  }
}

/** A NAL unit with its start code; bytes that would look like one get an escape (clause 7.4.1). */
function unit(type: number, payload: Buffer): Buffer {
  const bytes: number[] = [0, 0, 0, 1, 0x60 | type];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(bytes);
}

/** Clause 7.3.2.1.1: Main profile, 25 frames of two fields per second. */
function sequenceParameters(columns: number, fieldRows: number): Buffer {
  const [main, level] = [77, 40];
  const writer = new BitWriter().fixed(main, 8).fixed(0, 8).fixed(level, 8);
  writer.golomb(0, FRAME_NUMBER_BITS - 4, 0, ORDER_COUNT_BITS - 4, 1).fixed(0, 1);
  writer.golomb(columns - 1, fieldRows - 1);
  // Fields are allowed, but not within a frame (MBAFF).
  writer.fixed(0b00, 2).fixed(0b1, 1).fixed(0b0, 1);
  // Of the VUI only the timing is written.
  writer.fixed(1, 1).fixed(0b0000, 4).fixed(1, 1).fixed(1, 32).fixed(50, 32).fixed(1, 1);
  return unit(NAL.sequence, writer.fixed(0b0000, 4).end());
}

/** Clause 7.3.2.2: CAVLC, with deblocking control in the slices. */
function pictureParameters(): Buffer {
  const writer = new BitWriter().golomb(0, 0).fixed(0b00, 2).golomb(0, 0, 0).fixed(0b000, 3);
  return unit(NAL.picture, writer.golomb(0, 0, 0).fixed(0b100, 3).end());
}

/** Clause 7.3.3: one slice per field. The first field of each frame is an IDR picture, and the second one cannot be. */
function fieldSlice(frame: number, isBottom: boolean, macroblocks: Buffer): Buffer {
  const header = new BitWriter().golomb(0, 7, 0).fixed(0, FRAME_NUMBER_BITS);
  header.fixed(1, 1).fixed(isBottom ? 1 : 0, 1);
  if (!isBottom) header.golomb(frame % 2);
  header.fixed(isBottom ? 1 : 0, ORDER_COUNT_BITS).fixed(0, isBottom ? 1 : 2);
  // The quantizer is unchanged and deblocking is off; then follows the type of the first macroblock.
  header.golomb(0, 1).golomb(25);
  const data = Buffer.concat([header.aligned(), macroblocks, Buffer.from([0x80])]);
  return unit(isBottom ? NAL.field : NAL.idr, data);
}

/** Clause 7.3.5: uncompressed samples. @param luma of the field at a column and a line; not zero */
function uncompressed(
  columns: number,
  fieldRows: number,
  luma: (column: number, line: number) => number,
): Buffer {
  /** The type of the next macroblock, aligned. */
  const type = new BitWriter().golomb(25).aligned();
  const chroma = Buffer.alloc(2 * CHROMA_BLOCK_BYTES, 128);
  const parts: Buffer[] = [];
  for (let row = 0; row < fieldRows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const samples = Array.from({ length: MACROBLOCK ** 2 }, (_, index) =>
        luma(
          column * MACROBLOCK + (index % MACROBLOCK),
          row * MACROBLOCK + Math.floor(index / MACROBLOCK),
        ),
      );
      if (parts.length > 0) parts.push(type);
      parts.push(Buffer.from(samples), chroma);
    }
  return Buffer.concat(parts);
}

/** Bars that move to the left with each field: 25 frames per second, top field first. */
export function fieldPictures(width: number, height: number, frames: number): Buffer {
  const [columns, fieldRows] = [width / MACROBLOCK, height / (2 * MACROBLOCK)];
  const parts = [sequenceParameters(columns, fieldRows), pictureParameters()];
  for (let field = 0; field < 2 * frames; field += 1) {
    const samples = uncompressed(columns, fieldRows, (column) =>
      ((column + 6 * field) >> 4) % 2 === 0 ? 60 : 190,
    );
    parts.push(fieldSlice(field >> 1, field % 2 === 1, samples));
  }
  return Buffer.concat(parts);
}
