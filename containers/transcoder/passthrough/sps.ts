/** The properties of all frames of a track in its sequence parameter set. */
export interface SequenceParameters {
  profile: number;
  /** 0: monochrome, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4. */
  chromaFormat: number;
  bitDepth: number;
  /** Whether only whole frames are coded, so that none is interlaced. */
  isProgressive: boolean;
  isFullRange: boolean;
  /** Pixels after the cropping that every decoder applies. */
  width: number;
  height: number;
}

/** Profiles whose parameter set has the chroma format and bit depth (ITU-T H.264, 7.3.2.1.1). */
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
const EXTENDED_ASPECT = 255;

class BitReader {
  readonly #data: Buffer;
  #position = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#data[this.#position >> 3];
      if (byte === undefined) throw new Error("the parameter set is too short");
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** Exp-Golomb code (ITU-T H.264, 9.1). */
  unsigned(): number {
    let zeros = 0;
    while (!this.flag()) zeros += 1;
    if (zeros > 32) throw new Error("invalid code in the parameter set");
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Removes the emulation prevention bytes: 00 00 03 encodes 00 00. */
function withoutEscapes(nal: Buffer): Buffer {
  const bytes: number[] = [];
  for (const [index, byte] of nal.entries())
    if (byte !== 3 || index < 2 || nal[index - 1] !== 0 || nal[index - 2] !== 0) bytes.push(byte);
  return Buffer.from(bytes);
}

function skipScalingList(reader: BitReader, size: number): void {
  let [last, next] = [8, 8];
  for (let index = 0; index < size && next !== 0; index += 1) {
    next = (last + reader.signed() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

/** Chroma format and bit depth; 4:2:0 and 8 for profiles that have no other. */
function readFormat(reader: BitReader, profile: number): { chroma: number; depth: number } {
  if (!HIGH_PROFILES.includes(profile)) return { chroma: 1, depth: 8 };
  const chroma = reader.unsigned();
  if (chroma === 3) reader.flag();
  const depth = 8 + Math.max(reader.unsigned(), reader.unsigned());
  reader.flag();
  if (reader.flag()) {
    for (let list = 0; list < (chroma === 3 ? 12 : 8); list += 1)
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return { chroma, depth };
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  if (type !== 1) return;
  reader.flag();
  reader.signed();
  reader.signed();
  const cycle = reader.unsigned();
  for (let index = 0; index < cycle; index += 1) reader.signed();
}

/** The range flag of the VUI (ITU-T H.264, E.1.1). */
function readFullRange(reader: BitReader): boolean {
  if (!reader.flag()) return false;
  if (reader.flag() && reader.bits(8) === EXTENDED_ASPECT) reader.bits(32);
  if (reader.flag()) reader.flag();
  if (!reader.flag()) return false;
  reader.bits(3);
  return reader.flag();
}

/**
 * Reads a sequence parameter set (ITU-T H.264, 7.3.2.1.1).
 *
 * @param nal with its header byte
 * @throws Error when it is damaged
 */
export function readSequenceParameters(nal: Buffer): SequenceParameters {
  const reader = new BitReader(withoutEscapes(nal));
  reader.bits(8);
  const profile = reader.bits(8);
  reader.bits(16);
  reader.unsigned();
  const { chroma, depth } = readFormat(reader, profile);
  reader.unsigned();
  skipPictureOrder(reader);
  reader.unsigned();
  reader.flag();
  const width = 16 * (reader.unsigned() + 1);
  const mapUnits = reader.unsigned() + 1;
  const isProgressive = reader.flag();
  const height = 16 * mapUnits * (isProgressive ? 1 : 2);
  if (!isProgressive) reader.flag();
  reader.flag();
  const crop = reader.flag()
    ? [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()]
    : [];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  // Cropping counts chroma samples; fields halve them. Only 4:2:0 matters here.
  const rows = isProgressive ? 2 : 4;
  return {
    profile,
    chromaFormat: chroma,
    bitDepth: depth,
    isProgressive,
    isFullRange: readFullRange(reader),
    width: width - 2 * (left + right),
    height: height - rows * (top + bottom),
  };
}
