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
