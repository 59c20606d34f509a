/** Full boxes and sample entries, with the number of bytes that precede their children. */
const CHILDREN_AFTER: Readonly<Record<string, number>> = { stsd: 8, avc1: 78, hev1: 78, hvc1: 78 };

/** Adds a box at the end of the first box at a path of types. The file's moov box must be its last one. */
export function insertBox(file: Buffer, path: readonly string[], box: Buffer): Buffer {
  const result = Buffer.concat([file, box]);
  let [start, end] = [0, file.length];
  for (const type of path) {
    let at = start;
    while (file.toString("latin1", at + 4, at + 8) !== type) {
      const size = file.readUInt32BE(at);
      at += size === 1 ? Number(file.readBigUInt64BE(at + 8)) : size;
      if (at >= end) throw new Error(`no ${type} box`);
    }
    const size = file.readUInt32BE(at);
    result.writeUInt32BE(size + box.length, at);
    [start, end] = [at + 8 + (CHILDREN_AFTER[type] ?? 0), at + size];
  }
  file.copy(result, end + box.length, end);
  box.copy(result, end);
  return result;
}

/** A box of 32-bit numbers. */
export function numberBox(type: string, ...numbers: readonly number[]): Buffer {
  return boxOf(type, Buffer.from(Int32Array.from(numbers).buffer).swap32());
}

export function boxOf(type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + content.length);
  header.write(type, 4, "latin1");
  return Buffer.concat([header, content]);
}

/** The path of a video track's sample entry. */
export const SAMPLE_ENTRY = ["moov", "trak", "mdia", "minf", "stbl", "stsd", "avc1"] as const;

/** The matrix of a video that is shown turned clockwise by 90°. */
export const CLOCKWISE = [0, 1, -1, 0] as const;

/** Replaces the display matrix of the first track by one whose upper left part is this. */
export function setMatrix(file: Buffer, [a, b, c, d]: readonly number[]): Buffer {
  const result = Buffer.from(file);
  // Version 0 of the track header: 40 bytes precede the matrix.
  const at = file.indexOf("tkhd") + 4 + 40;
  [a, b, 0, c, d, 0, 0, 0, 0x4000].forEach((value, index) =>
    result.writeInt32BE((value ?? 0) * 65_536, at + 4 * index),
  );
  return result;
}
