/** ISO/IEC 10918-1, table B.1: the second byte of a marker. */
const MARKER = {
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  quantization: 0xdb,
  huffman: 0xc4,
  restartInterval: 0xdd,
  baseline: 0xc0,
  extended: 0xc1,
  progressive: 0xc2,
} as const;
const FRAMES: readonly number[] = [MARKER.baseline, MARKER.extended, MARKER.progressive];
/** The segments that a decoder needs. Everything else is metadata: places, cameras, thumbnails, comments, other files. */
const KEPT: readonly number[] = [
  ...FRAMES,
  MARKER.quantization,
  MARKER.huffman,
  MARKER.restartInterval,
];
const isMetadata = (marker: number): boolean =>
  (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

export interface PlainJpeg {
  bytes: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** Where the entropy-coded data from `from` on ends: at the first marker that is not part of it. */
function endOfScan(file: Uint8Array, from: number): number {
  for (let at = from; at + 1 < file.length; at += 1) {
    const next = file[at + 1]!;
    if (file[at] === 0xff && next !== 0x00 && next !== 0xff && !isRestart(next)) return at;
  }
  return -1;
}

/**
 * Rewrites a JPEG file with nothing but its picture, without metadata and without data after the end.
 * @returns null for anything but a complete JPEG of one 8-bit picture in grey or colour
 */
export function plainJpeg(file: Uint8Array): PlainJpeg | null {
  if (file[0] !== 0xff || file[1] !== MARKER.start) return null;
  const parts: Uint8Array[] = [file.subarray(0, 2)];
  let size: { width: number; height: number } | null = null;
  let hasScan = false;
  for (let at = 2; at + 1 < file.length;) {
    const marker = file[at + 1]!;
    if (file[at] !== 0xff) return null;
    if (marker === MARKER.end) {
      if (!size || !hasScan) return null;
      return { bytes: joined([...parts, file.subarray(at, at + 2)]), ...size };
    }
    const length = ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0);
    const next = at + 2 + length;
    if (length < 2 || next > file.length) return null;
    if (FRAMES.includes(marker)) {
      const [precision, h1 = 0, h2 = 0, w1 = 0, w2 = 0, components = 0] = file.subarray(at + 4);
      // More than one frame, or CMYK, is nothing that a browser's canvas writes.
      if (size || precision !== 8 || (components !== 1 && components !== 3)) return null;
      size = { width: (w1 << 8) | w2, height: (h1 << 8) | h2 };
      if (size.width === 0 || size.height === 0) return null;
    }
    if (marker === MARKER.scan) {
      const end = endOfScan(file, next);
      if (!size || end < 0) return null;
      hasScan = true;
      parts.push(file.subarray(at, end));
      at = end;
      continue;
    }
    if (KEPT.includes(marker)) parts.push(file.subarray(at, next));
    else if (!isMetadata(marker)) return null;
    at = next;
  }
  return null;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
