/** Recognizes containers by the first bytes of a file. */

const TS_PACKET_BYTES = 188;
/** M2TS, which cameras write, has a 4-byte timestamp before every packet. */
const M2TS_PACKET_BYTES = 192;
const TS_SYNC_BYTE = 0x47;
/** Evenly spaced sync bytes that identify a transport stream. */
const MIN_SYNC_BYTES = 5;

function isTransportStream(head: Buffer): boolean {
  return [TS_PACKET_BYTES, M2TS_PACKET_BYTES].some((packet) =>
    Array.from({ length: packet }, (_, offset) => offset).some((offset) =>
      Array.from({ length: MIN_SYNC_BYTES }, (_, index) => head[offset + index * packet]).every(
        (byte) => byte === TS_SYNC_BYTE,
      ),
    ),
  );
}

/**
 * The demuxer of a container without an index, or undefined for any other file. A seek in such a container over HTTP
 * reads everything before the target, so these files are remuxed first.
 *
 * @param head the first kilobytes of the file
 */
export function indexlessDemuxer(head: Buffer): "flv" | "mpeg" | "mpegts" | undefined {
  const text = head.toString("latin1", 0, 4);
  if (text.startsWith("FLV")) return "flv";
  if (text === "\x00\x00\x01\xba") return "mpeg";
  return isTransportStream(head) ? "mpegts" : undefined;
}

/** A RIFF chunk's header: its id and its size. */
const CHUNK_HEADER_BYTES = 8;
/** A RIFF list's header: a chunk's header and the list's type. */
const LIST_HEADER_BYTES = 12;

/**
 * The offset after an AVI file's frames, at which its index would begin. Undefined for a file with an OpenDML index in
 * its header, and for any other file.
 *
 * @param head the first kilobytes of the file
 */
export function aviIndexOffset(head: Buffer): number | undefined {
  if (!head.toString("latin1", 0, LIST_HEADER_BYTES).match(/^RIFF.{4}AVI $/s)) return undefined;
  for (let offset = LIST_HEADER_BYTES; offset + LIST_HEADER_BYTES <= head.length;) {
    const id = head.toString("latin1", offset, offset + 4);
    const type = head.toString("latin1", offset + CHUNK_HEADER_BYTES, offset + LIST_HEADER_BYTES);
    const length = head.readUInt32LE(offset + 4);
    // RIFF pads chunks to even offsets.
    const next = offset + CHUNK_HEADER_BYTES + length + (length % 2);
    if (id === "LIST" && type === "movi") return next;
    if (type === "hdrl" && head.subarray(offset, next).includes("indx")) return undefined;
    offset = next;
  }
  return undefined;
}

/** The id of the chunk that holds an AVI file's index. */
export const AVI_INDEX_ID = "idx1";

/**
 * Whether a file starts like an allowed container. If such a file cannot be read, it is damaged; any other file is not
 * a video.
 */
export function looksLikeVideo(head: Buffer): boolean {
  const text = head.toString("latin1", 0, 12);
  return (
    ["ftyp", "moov", "mdat", "free", "skip", "wide"].includes(text.slice(4, 8)) ||
    text.startsWith("\x1a\x45\xdf\xa3") ||
    (text.startsWith("RIFF") && text.endsWith("AVI ")) ||
    text.startsWith("OggS") ||
    text.startsWith("GIF8") ||
    text.startsWith(".RMF") ||
    text.startsWith("nut/multimed") ||
    text.startsWith("\x06\x0e\x2b\x34\x02\x05\x01\x01") ||
    text.startsWith("\x30\x26\xb2\x75") ||
    indexlessDemuxer(head) !== undefined
  );
}
