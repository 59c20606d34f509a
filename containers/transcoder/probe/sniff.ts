/** What the first bytes of a file say about its container. */

const TS_PACKET = 188;
/** M2TS of cameras: a time stamp before every packet. */
const M2TS_PACKET = 192;
const TS_SYNC = 0x47;
/** Sync bytes in a row that make a transport stream. */
const SYNCS = 5;

const isTransportStream = (head: Buffer): boolean =>
  [TS_PACKET, M2TS_PACKET].some((packet) =>
    Array.from({ length: packet }, (_, offset) => offset).some((offset) =>
      Array.from({ length: SYNCS }, (_, index) => head[offset + index * packet]).every(
        (byte) => byte === TS_SYNC,
      ),
    ),
  );

/**
 * The demuxer of a container without an index: a seek in it over HTTP would read everything before the target, so it
 * is remuxed before anything else.
 *
 * @param head the first kilobytes of the file
 */
export const indexlessDemuxer = (head: Buffer): "flv" | "mpeg" | "mpegts" | undefined => {
  const text = head.toString("latin1", 0, 4);
  if (text.startsWith("FLV")) return "flv";
  if (text === "\x00\x00\x01\xba") return "mpeg";
  return isTransportStream(head) ? "mpegts" : undefined;
};

/** A RIFF chunk's header, and what comes before the contents of a list. */
const CHUNK_HEADER = 8;
const RIFF_HEADER = 12;

/**
 * Where the index of an AVI file would begin: behind its frames. Undefined where it is known otherwise, by OpenDML's
 * index in the header, and of any other file.
 *
 * @param head the first kilobytes of the file
 */
export const aviIndexOffset = (head: Buffer): number | undefined => {
  if (!head.toString("latin1", 0, RIFF_HEADER).match(/^RIFF.{4}AVI $/s)) return undefined;
  for (let offset = RIFF_HEADER; offset + RIFF_HEADER <= head.length;) {
    const id = head.toString("latin1", offset, offset + 4);
    const type = head.toString("latin1", offset + CHUNK_HEADER, offset + RIFF_HEADER);
    const length = head.readUInt32LE(offset + 4);
    // Chunks begin at even offsets.
    const next = offset + CHUNK_HEADER + length + (length % 2);
    if (id === "LIST" && type === "movi") return next;
    if (type === "hdrl" && head.subarray(offset, next).includes("indx")) return undefined;
    offset = next;
  }
  return undefined;
};

export const AVI_INDEX = "idx1";

/** Does it begin like a file of an allowed container? One that cannot be read is then damaged, any other is no video. */
export const looksLikeVideo = (head: Buffer): boolean => {
  const text = head.toString("latin1", 0, 12);
  return (
    ["ftyp", "moov", "mdat", "free", "skip", "wide"].includes(text.slice(4, 8)) ||
    text.startsWith("\x1a\x45\xdf\xa3") ||
    (text.startsWith("RIFF") && text.endsWith("AVI ")) ||
    text.startsWith("OggS") ||
    text.startsWith("\x30\x26\xb2\x75") ||
    indexlessDemuxer(head) !== undefined
  );
};
