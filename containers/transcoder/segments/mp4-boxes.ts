/** Reads ISO base media boxes (ISO/IEC 14496-12), as far as our own encoders' output needs. */
export interface Box {
  type: string;
  /** Offset of the header. */
  start: number;
  /** Offset of the payload. */
  body: number;
  end: number;
}

/** Yields the boxes of one level. @throws Error when a box does not fit into its parent */
export function* readBoxes(data: Buffer, start = 0, end = data.length): Generator<Box> {
  for (let offset = start; offset + 8 <= end;) {
    const size32 = data.readUInt32BE(offset);
    const large = size32 === 1;
    const size = large ? Number(data.readBigUInt64BE(offset + 8)) : size32;
    const body = offset + (large ? 16 : 8);
    if (size < body - offset || offset + size > end)
      throw new Error(`the box at ${offset} has an invalid size`);
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
function findBox(
  data: Buffer,
  path: readonly string[],
  start = 0,
  end = data.length,
): Box | undefined {
  const [type, ...rest] = path;
  for (const box of readBoxes(data, start, end)) {
    if (box.type === type) return rest.length === 0 ? box : findBox(data, rest, box.body, box.end);
  }
  return undefined;
}

/** Like `findBox`, for a box that must exist. @throws Error naming the missing box */
export function requireBox(
  data: Buffer,
  path: readonly string[],
  start = 0,
  end = data.length,
): Box {
  const box = findBox(data, path, start, end);
  if (box === undefined) throw new Error(`no ${path.join("/")} box`);
  return box;
}
