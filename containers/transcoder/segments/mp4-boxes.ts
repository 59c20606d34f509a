/** A reader of ISO base media boxes (ISO/IEC 14496-12): as much as describing our own encoder's output takes. */
export type Box = {
  type: string;
  /** Of the header. */ start: number;
  /** Of the payload. */ body: number;
  end: number;
};

/** @throws Error when a box's size does not fit its parent */
export function* readBoxes(data: Buffer, start = 0, end = data.length): Generator<Box> {
  for (let offset = start; offset + 8 <= end;) {
    const size32 = data.readUInt32BE(offset);
    const large = size32 === 1;
    const size = large ? Number(data.readBigUInt64BE(offset + 8)) : size32;
    const body = offset + (large ? 16 : 8);
    if (size < body - offset || offset + size > end)
      throw new Error(`box at ${offset} has a wrong size`);
    yield {
      type: data.toString("latin1", offset + 4, offset + 8),
      start: offset,
      body,
      end: offset + size,
    };
    offset += size;
  }
}

/** The first box at a path of types, such as `["moov", "trak"]`. */
const findBox = (
  data: Buffer,
  path: readonly string[],
  start = 0,
  end = data.length,
): Box | undefined => {
  const [type, ...rest] = path;
  for (const box of readBoxes(data, start, end)) {
    if (box.type === type) return rest.length === 0 ? box : findBox(data, rest, box.body, box.end);
  }
  return undefined;
};

/** @throws Error naming the missing box */
export const requireBox = (
  data: Buffer,
  path: readonly string[],
  start = 0,
  end = data.length,
): Box => {
  const box = findBox(data, path, start, end);
  if (box === undefined) throw new Error(`no ${path.join("/")} box`);
  return box;
};
