import { type ContainerTrack, dolbyVisionOf, type ReadBytes } from "./container-track.ts";

/** Matroska's element ids (RFC 9559). */
const ID = {
  segment: 0x18538067,
  cluster: 0x1f43b675,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackType: 0x83,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cropBottom: 0x54aa,
  cropTop: 0x54bb,
  cropLeft: 0x54cc,
  cropRight: 0x54dd,
  displayWidth: 0x54b0,
  displayHeight: 0x54ba,
  contentEncodings: 0x6d80,
  contentEncoding: 0x6240,
  contentEncryption: 0x5035,
  blockAdditionMapping: 0x41e4,
  blockAddIdType: 0x41e7,
  blockAddIdExtraData: 0x41ed,
} as const;
const VIDEO_TRACK = 1;
const DOLBY_VISION_TYPES = ["dvcC", "dvvC"];
/** Elements before the tracks. */
const MAX_ELEMENTS = 64;
/** Maximum size of the element with all tracks. Fonts are attachments and not in it. */
const MAX_TRACKS_BYTES = 4 * 1024 * 1024;
/** An id of 4 bytes and a size of 8. */
const MAX_HEADER_BYTES = 12;

interface Element {
  id: number;
  body: number;
  /** Infinity for an element of unknown size. */
  end: number;
}

/** The element at an offset of a buffer, which starts at `base` in the file. */
function elementAt(bytes: Buffer, offset: number, base: number): Element | undefined {
  const first = bytes[offset] ?? 0;
  const idLength = Math.clz32(first) - 23;
  const sizeFirst = bytes[offset + idLength];
  if (first === 0 || idLength > 4 || sizeFirst === undefined || sizeFirst === 0) return undefined;
  const sizeLength = Math.clz32(sizeFirst) - 23;
  const body = offset + idLength + sizeLength;
  if (body > bytes.length) return undefined;
  let size = sizeFirst & (0xff >> sizeLength);
  let isUnknown = size === 0xff >> sizeLength;
  for (const byte of bytes.subarray(offset + idLength + 1, body)) {
    size = size * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return {
    id: bytes.readUIntBE(offset, idLength),
    body: base + body,
    end: isUnknown ? Number.POSITIVE_INFINITY : base + body + size,
  };
}

/** The elements of one level of a buffer, with their contents; ends at the first invalid one. */
function* elementsOf(bytes: Buffer): Generator<{ id: number; content: Buffer }> {
  for (let offset = 0; offset < bytes.length;) {
    const element = elementAt(bytes, offset, 0);
    if (element === undefined || element.end > bytes.length) return;
    yield { id: element.id, content: bytes.subarray(element.body, element.end) };
    offset = element.end;
  }
}

function child(bytes: Buffer, id: number): Buffer | undefined {
  for (const element of elementsOf(bytes)) if (element.id === id) return element.content;
  return undefined;
}

function uintOf(bytes: Buffer | undefined): number | undefined {
  return bytes === undefined || bytes.length === 0 || bytes.length > 6
    ? undefined
    : bytes.readUIntBE(0, bytes.length);
}

function readEntry(entry: Buffer): ContainerTrack | undefined {
  const video = child(entry, ID.video);
  if (video === undefined) return undefined;
  function field(id: number): number {
    return uintOf(video && child(video, id)) ?? 0;
  }
  const [width, height] = [field(ID.pixelWidth), field(ID.pixelHeight)];
  const encodings = child(entry, ID.contentEncodings) ?? Buffer.alloc(0);
  const track: ContainerTrack = {
    width,
    height,
    isEncrypted: [...elementsOf(encodings)].some(
      ({ id, content }) =>
        id === ID.contentEncoding && child(content, ID.contentEncryption) !== undefined,
    ),
  };
  const [left, top] = [field(ID.cropLeft), field(ID.cropTop)];
  const crop = {
    left,
    top,
    width: width - left - field(ID.cropRight),
    height: height - top - field(ID.cropBottom),
  };
  if (crop.width < width || crop.height < height) {
    track.crop = crop;
    // The display size is the size of the cropped frame; it defaults to its size in pixels.
    const aspect =
      ((field(ID.displayWidth) || crop.width) * crop.height) /
      ((field(ID.displayHeight) || crop.height) * crop.width);
    if (aspect > 0 && Number.isFinite(aspect)) track.pixelAspect = aspect;
  }
  for (const { id, content } of elementsOf(entry)) {
    if (id !== ID.blockAdditionMapping) continue;
    const type = child(content, ID.blockAddIdType);
    const record = child(content, ID.blockAddIdExtraData);
    const isDolbyVision = DOLBY_VISION_TYPES.includes(type?.toString("latin1").slice(-4) ?? "");
    const dolbyVision = isDolbyVision && record ? dolbyVisionOf(record) : undefined;
    if (dolbyVision !== undefined) track.dolbyVision = dolbyVision;
  }
  return track;
}

async function readTracks(read: ReadBytes): Promise<Buffer | undefined> {
  let offset = 0;
  for (let count = 0; count < MAX_ELEMENTS; count += 1) {
    const element = elementAt(await read(offset, MAX_HEADER_BYTES), 0, offset);
    if (element === undefined || element.id === ID.cluster) return undefined;
    if (element.id === ID.tracks)
      return read(element.body, Math.min(MAX_TRACKS_BYTES, element.end - element.body));
    offset = element.id === ID.segment ? element.body : element.end;
    if (!Number.isFinite(offset)) return undefined;
  }
  return undefined;
}

/** The video tracks of a Matroska or WebM file, in its order; undefined for one that cannot be read. */
export async function matroskaVideoTracks(
  read: ReadBytes,
): Promise<(ContainerTrack | undefined)[]> {
  const tracks = await readTracks(read);
  return [...elementsOf(tracks ?? Buffer.alloc(0))].flatMap(({ id, content }) =>
    id === ID.trackEntry && uintOf(child(content, ID.trackType)) === VIDEO_TRACK
      ? [readEntry(content)]
      : [],
  );
}
