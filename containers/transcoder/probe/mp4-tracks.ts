import { type ContainerTrack, dolbyVisionOf, type ReadBytes } from "./container-track.ts";

/** Maximum number of boxes of one level that are read: a fragmented file has thousands of them. */
const MAX_BOXES = 2000;
const MAX_TRACKS = 256;
/** Maximum size of a sample description. Its first entry is far shorter. */
const MAX_DESCRIPTION_BYTES = 65_536;
/** A box's header, with a 64-bit size. */
const MAX_HEADER_BYTES = 16;

interface Box {
  type: string;
  body: number;
  end: number;
}

/** The boxes of one level; ends at the first invalid one. */
async function* boxesOf(read: ReadBytes, start: number, end: number): AsyncGenerator<Box> {
  let offset = start;
  for (let count = 0; count < MAX_BOXES && offset + 8 <= end; count += 1) {
    const header = await read(offset, MAX_HEADER_BYTES);
    if (header.length < 8) return;
    const size32 = header.readUInt32BE(0);
    if (size32 === 1 && header.length < MAX_HEADER_BYTES) return;
    // Size 0 means up to the end.
    const size =
      size32 === 1 ? Number(header.readBigUInt64BE(8)) : size32 === 0 ? end - offset : size32;
    const body = offset + (size32 === 1 ? MAX_HEADER_BYTES : 8);
    if (offset + size < body) return;
    yield { type: header.toString("latin1", 4, 8), body, end: Math.min(end, offset + size) };
    offset += size;
  }
}

async function findBox(
  read: ReadBytes,
  [type, ...rest]: readonly string[],
  start: number,
  end: number,
): Promise<Box | undefined> {
  for await (const box of boxesOf(read, start, end)) {
    if (box.type === type) return rest.length === 0 ? box : findBox(read, rest, box.body, box.end);
  }
  return undefined;
}

/** Fixed fields of a visual sample entry (ISO/IEC 14496-12, 12.1.3), its header included. */
const VISUAL_ENTRY_BYTES = 86;
const FULL_BOX_BYTES = 4;

/** A video track's first sample entry. @param shown the track header's size */
async function readEntry(
  description: Buffer,
  shown: { width: number; height: number },
): Promise<ContainerTrack | undefined> {
  const entry = description.subarray(FULL_BOX_BYTES + 4);
  if (entry.length < VISUAL_ENTRY_BYTES) return undefined;
  const format = entry.toString("latin1", 4, 8);
  const [width, height] = [entry.readUInt16BE(32), entry.readUInt16BE(34)];
  const track: ContainerTrack = {
    width,
    height,
    isEncrypted: format === "encv" || format === "drmi",
  };
  const read: ReadBytes = async (start, length) => entry.subarray(start, start + length);
  const end = Math.min(entry.length, entry.readUInt32BE(0));
  let aspect: number | undefined;
  for await (const box of boxesOf(read, VISUAL_ENTRY_BYTES, end)) {
    const body = entry.subarray(box.body, box.end);
    if (box.type === "dvcC" || box.type === "dvvC") {
      const dolbyVision = dolbyVisionOf(body);
      if (dolbyVision !== undefined) track.dolbyVision = dolbyVision;
    }
    if (box.type === "pasp" && body.length >= 8) {
      const ratio = body.readUInt32BE(0) / body.readUInt32BE(4);
      if (Number.isFinite(ratio) && ratio > 0) aspect = ratio;
    }
    if (box.type === "clap" && body.length >= 32) {
      // Clean aperture (12.1.4): size, and the offset of its centre from the frame's centre.
      const [cropWidth = 0, cropHeight = 0, x = 0, y = 0] = [0, 8, 16, 24].map(
        (at) => body.readInt32BE(at) / body.readInt32BE(at + 4),
      );
      const crop = {
        left: Math.round((width - cropWidth) / 2 + x),
        top: Math.round((height - cropHeight) / 2 + y),
        width: Math.round(cropWidth),
        height: Math.round(cropHeight),
      };
      if (Object.values(crop).every(Number.isFinite)) track.crop = crop;
    }
  }
  if (track.crop !== undefined) {
    const { crop } = track;
    const header = (shown.width * crop.height) / (shown.height * crop.width);
    track.pixelAspect = aspect ?? (header > 0 && Number.isFinite(header) ? header : 1);
  }
  return track;
}

/** The size in a track header (8.3.2), its last two fields. */
async function shownSize(read: ReadBytes, header: Box | undefined) {
  if (header === undefined || header.end - header.body < 8) return { width: 0, height: 0 };
  const bytes = await read(header.end - 8, 8);
  return bytes.length < 8
    ? { width: 0, height: 0 }
    : { width: bytes.readUInt32BE(0) / 65_536, height: bytes.readUInt32BE(4) / 65_536 };
}

/** The video tracks of an MP4 or MOV file, in its order; undefined for one that cannot be read. */
export async function mp4VideoTracks(
  read: ReadBytes,
  size: number,
): Promise<(ContainerTrack | undefined)[]> {
  const moov = await findBox(read, ["moov"], 0, size);
  if (moov === undefined) return [];
  const tracks: (ContainerTrack | undefined)[] = [];
  for await (const trak of boxesOf(read, moov.body, moov.end)) {
    if (trak.type !== "trak") continue;
    if (tracks.length >= MAX_TRACKS) break;
    const mdia = await findBox(read, ["mdia"], trak.body, trak.end);
    if (mdia === undefined) continue;
    const handler = await findBox(read, ["hdlr"], mdia.body, mdia.end);
    if (handler === undefined) continue;
    const kind = (await read(handler.body, 12)).toString("latin1", 8, 12);
    if (kind !== "vide") continue;
    const stsd = await findBox(read, ["minf", "stbl", "stsd"], mdia.body, mdia.end);
    const header = await findBox(read, ["tkhd"], trak.body, trak.end);
    tracks.push(
      stsd &&
        (await readEntry(
          await read(stsd.body, Math.min(MAX_DESCRIPTION_BYTES, stsd.end - stsd.body)),
          await shownSize(read, header),
        )),
    );
  }
  return tracks;
}
