/**
 * A raw MPEG-2 stream whose fields are pictures of their own, which no encoder here writes: intra blocks of one grey each. Clauses
 * are those of ITU-T H.262.
 */
import { BitWriter } from "./field-pictures.ts";

const MACROBLOCK = 16;
const START = { picture: 0x00, sequence: 0xb3, extension: 0xb5, group: 0xb8 } as const;
/** Codes for the number of bits of a difference of luma: table B.12. */
const LUMA_SIZES = ["100", "00", "01", "101", "110", "1110", "11110", "111110", "1111110"];
const END_OF_BLOCK = "10";
/** No difference of chroma (table B.13), twice. */
const GREY = `00${END_OF_BLOCK}`.repeat(2);

function withStart(type: number, writer: BitWriter): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 1, type]), writer.aligned()]);
}

/** Clauses 6.2.2.1, 6.2.2.3 and 6.2.2.6: 25 frames per second, Main profile at Main level, not progressive. */
function headers(width: number, height: number): Buffer {
  const sequence = new BitWriter().fixed(width, 12).fixed(height, 12).fixed(1, 4).fixed(3, 4);
  sequence.fixed(20_000, 18).fixed(1, 1).fixed(112, 10).fixed(0b000, 3);
  const extension = new BitWriter().fixed(1, 4).fixed(0x48, 8).fixed(0, 1).fixed(1, 2);
  extension.fixed(0, 16).fixed(1, 1).fixed(0, 16);
  return Buffer.concat([
    withStart(START.sequence, sequence),
    withStart(START.extension, extension),
    withStart(START.group, new BitWriter().fixed(0, 12).fixed(1, 1).fixed(0, 12).fixed(0b10, 2)),
  ]);
}

/** Clauses 6.2.3 and 6.2.3.1: an intra picture that is one field. */
function fieldHeader(isBottom: boolean): Buffer {
  const picture = new BitWriter().fixed(0, 10).fixed(1, 3).fixed(0xffff, 16).fixed(0, 1);
  const extension = new BitWriter().fixed(8, 4).fixed(0xffff, 16).fixed(0, 2);
  extension.fixed(isBottom ? 2 : 1, 2).fixed(0, 10);
  return Buffer.concat([withStart(START.picture, picture), withStart(START.extension, extension)]);
}

/** Clause 7.2.1: a block of one grey, as the difference from the previous one. */
function block(difference: number): string {
  const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
  const value = difference > 0 ? difference : difference + 2 ** size - 1;
  const bits = size === 0 ? "" : value.toString(2).padStart(size, "0");
  return `${LUMA_SIZES[size]}${bits}${END_OF_BLOCK}`;
}

/** Clause 6.2.4: a row of macroblocks. @param luma of a column of eight pixels */
function slice(row: number, columns: number, luma: (column: number) => number): Buffer {
  const writer = new BitWriter().fixed(1, 5).fixed(0, 1);
  let before = 128;
  for (let column = 0; column < columns; column += 1) {
    // The next macroblock; intra.
    let bits = "11";
    for (const at of [0, 1, 0, 1]) {
      const value = luma(2 * column + at);
      bits += block(value - before);
      before = value;
    }
    writer.bits(bits + GREY);
  }
  return withStart(row + 1, writer);
}

/** Bars that move to the left with each field: 25 frames per second, top field first. */
export function mpeg2Fields(width: number, height: number, frames: number): Buffer {
  const rows = height / (2 * MACROBLOCK);
  const parts: Buffer[] = [];
  for (let field = 0; field < 2 * frames; field += 1) {
    if (field % 2 === 0) parts.push(headers(width, height));
    parts.push(fieldHeader(field % 2 === 1));
    for (let row = 0; row < rows; row += 1)
      parts.push(
        slice(row, width / MACROBLOCK, (column) => (((column + field) >> 1) % 2 === 0 ? 60 : 190)),
      );
  }
  return Buffer.concat(parts);
}
