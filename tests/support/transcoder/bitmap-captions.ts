/** Width and height of the only image. */
const SIZE = 16;
const TICKS_PER_SECOND = 90_000;

/** A segment of a PGS stream, as in `.sup` files. */
function segment(seconds: number, type: number, payload: readonly number[]): Buffer {
  const header = Buffer.alloc(13);
  header.write("PG");
  header.writeUInt32BE(Math.round(seconds * TICKS_PER_SECOND), 2);
  header.writeUInt8(type, 10);
  header.writeUInt16BE(payload.length, 11);
  return Buffer.concat([header, Buffer.from(payload)]);
}

const word = (value: number): number[] => [value >> 8, value & 0xff];

/** What is shown from a given time: the image, or nothing. */
function displaySet(seconds: number, number: number, isShown: boolean): Buffer {
  const canvas = [...word(320), ...word(240), 0x10, ...word(number)];
  const shown = [...word(0), 0, 0, ...word(8), ...word(8)];
  const area = [0, ...word(8), ...word(8), ...word(SIZE), ...word(SIZE)];
  const line = [...Array.from({ length: SIZE }, () => 1), 0, 0];
  const rows = Array.from({ length: SIZE }, () => line).flat();
  const image = [...word(SIZE), ...word(SIZE), ...rows];
  return Buffer.concat([
    // Presentation composition, windows, palette, object, end.
    segment(seconds, 0x16, [...canvas, 0x80, 0, 0, Number(isShown), ...(isShown ? shown : [])]),
    segment(seconds, 0x17, [1, ...area]),
    ...(isShown
      ? [
          segment(seconds, 0x14, [0, 0, 1, 235, 128, 128, 255]),
          segment(seconds, 0x15, [...word(0), 0, 0xc0, 0, ...word(image.length), ...image]),
        ]
      : []),
    segment(seconds, 0x80, []),
  ]);
}

/** A `.sup` file with an image caption from 0.5 to 1.5 s, as ffmpeg reads it. */
export const PGS_FILE: Buffer = Buffer.concat([
  displaySet(0.5, 0, true),
  displaySet(1.5, 1, false),
]);
