/** The kind of a file by its first bytes. `other` is certainly neither video nor audio. */
export interface FileKind {
  kind: "video" | "audio" | "other";
  contentType: string;
}

/** How many bytes of a file `kindOfBytes` wants: three packets of an MPEG transport stream with timestamps. */
export const SIGNATURE_BYTES = 600;

/** Text at an offset of the file, as Latin-1: `[4, "ftyp"]`. */
type Mark = [offset: number, text: string];
type Signature = [FileKind["kind"], contentType: string, ...Mark[]];

/** The first one whose marks are all there. Sources: RFC 9559, SMPTE 377-1, IEC 61834-2, and ffmpeg's demuxers. */
const SIGNATURES: Signature[] = [
  ["other", "image/avif", [4, "ftypavif"]],
  ["other", "image/avif", [4, "ftypavis"]],
  ["other", "image/heic", [4, "ftyphei"]],
  ["other", "image/heic", [4, "ftypmif1"]],
  ["other", "image/heic", [4, "ftypmsf1"]],
  ["other", "image/x-canon-cr3", [4, "ftypcrx"]],
  ["audio", "audio/mp4", [4, "ftypM4A"]],
  ["audio", "audio/mp4", [4, "ftypM4B"]],
  ["audio", "audio/mp4", [4, "ftypF4A"]],
  ["video", "video/3gpp", [4, "ftyp3g"]],
  ["video", "video/quicktime", [4, "ftypqt"]],
  ["video", "video/mp4", [4, "ftyp"]],
  // QuickTime before 2001 has no `ftyp`.
  ["video", "video/quicktime", [4, "moov"]],
  ["video", "video/quicktime", [4, "mdat"]],
  ["video", "video/quicktime", [4, "wide"]],
  ["video", "video/x-msvideo", [0, "RIFF"], [8, "AVI "]],
  ["audio", "audio/wav", [0, "RIFF"], [8, "WAVE"]],
  ["audio", "audio/wav", [0, "RF64"], [8, "WAVE"]],
  // A GUID instead of four letters.
  ["audio", "audio/x-w64", [0, "riff\x2e\x91\xcf\x11"]],
  ["other", "image/webp", [0, "RIFF"], [8, "WEBP"]],
  ["video", "video/x-flv", [0, "FLV\x01"]],
  ["video", "video/x-ms-asf", [0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"]],
  ["video", "video/mp2t", [0, "G"], [188, "G"], [376, "G"]],
  ["video", "video/mp2t", [4, "G"], [196, "G"], [388, "G"]],
  ["video", "video/mpeg", [0, "\0\0\x01\xba"]],
  ["video", "video/mpeg", [0, "\0\0\x01\xb3"]],
  ["video", "application/mxf", [0, "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"]],
  ["video", "video/x-dv", [0, "\x1f\x07\0"]],
  ["video", "video/x-nut", [0, "nut/multimedia container\0"]],
  ["video", "application/vnd.rn-realmedia", [0, ".RMF"]],
  ["video", "video/x-ivf", [0, "DKIF"]],
  ["video", "video/x-yuv4mpeg", [0, "YUV4MPEG2 "]],
  ["video", "video/ogg", [0, "OggS"], [29, "theora"]],
  ["audio", "audio/ogg", [0, "OggS"], [29, "vorbis"]],
  ["audio", "audio/ogg", [0, "OggS"], [28, "OpusHead"]],
  ["audio", "audio/ogg", [0, "OggS"], [28, "\x7fFLAC"]],
  ["video", "application/ogg", [0, "OggS"]],
  ["video", "image/gif", [0, "GIF8"]],
  ["other", "image/jpeg", [0, "\xff\xd8\xff"]],
  ["audio", "audio/mpeg", [0, "ID3"]],
  ["audio", "audio/flac", [0, "fLaC"]],
  ["audio", "audio/aiff", [0, "FORM"], [8, "AIF"]],
  ["audio", "audio/x-caf", [0, "caff"]],
  ["audio", "audio/amr", [0, "#!AMR"]],
  ["audio", "audio/x-wavpack", [0, "wvpk"]],
  ["audio", "audio/x-tta", [0, "TTA1"]],
  ["other", "image/tiff", [0, "II*\0"]],
  ["other", "image/tiff", [0, "MM\0*"]],
  ["other", "image/vnd.adobe.photoshop", [0, "8BPS"]],
  ["other", "application/pdf", [0, "%PDF"]],
  ["other", "application/zip", [0, "PK\x03\x04"]],
  ["other", "application/vnd.rar", [0, "Rar!"]],
  ["other", "application/x-7z-compressed", [0, "7z\xbc\xaf\x27\x1c"]],
  ["other", "application/gzip", [0, "\x1f\x8b"]],
  ["other", "application/x-xz", [0, "\xfd7zXZ"]],
  ["other", "application/x-ole-storage", [0, "\xd0\xcf\x11\xe0"]],
  ["other", "application/x-executable", [0, "\x7fELF"]],
  ["other", "application/vnd.sqlite3", [0, "SQLite format 3"]],
];

const PNG = "\x89PNG\r\n\x1a\n";
const EBML = "\x1a\x45\xdf\xa3";
/** Shorter texts are too likely to be the start of something else. */
const MIN_TEXT_BYTES = 4;

/**
 * Judges a file by its first bytes, because its name and the browser's guess may be wrong or missing.
 * @param head the first `SIGNATURE_BYTES` of the file, or all of a shorter one
 * @returns null when they say nothing
 */
export function kindOfBytes(head: Uint8Array): FileKind | null {
  const text = Array.from(head.subarray(0, SIGNATURE_BYTES), (byte) =>
    String.fromCharCode(byte),
  ).join("");
  if (text.startsWith(EBML))
    return video(text.slice(0, 64).includes("webm") ? "video/webm" : "video/x-matroska");
  if (text.startsWith(PNG))
    // Before the first image data, the number of frames is said.
    return text.includes("acTL")
      ? video("image/apng")
      : { kind: "other", contentType: "image/png" };
  const found = SIGNATURES.find(([, , ...marks]) =>
    marks.every(([offset, mark]) => text.startsWith(mark, offset)),
  );
  if (found) return { kind: found[0], contentType: found[1] };
  return annexB(text) ?? audioFrame(head) ?? (isText(head) ? PLAIN_TEXT : null);
}

const PLAIN_TEXT: FileKind = { kind: "other", contentType: "text/plain" };
const video = (contentType: string): FileKind => ({ kind: "video", contentType });

/** Raw H.264 and HEVC begin with parameter sets or a delimiter (ITU-T H.264 and H.265, annex B). */
function annexB(text: string): FileKind | null {
  const start = ["\0\0\x01", "\0\0\0\x01"].find((code) => text.startsWith(code));
  if (start === undefined) return null;
  const header = text.charCodeAt(start.length);
  if ([7, 9].includes(header & 0x1f) && header < 0x80) return video("video/h264");
  return [32, 33, 35].includes(header >> 1) ? video("video/h265") : null;
}

/** The sync word of MPEG audio and of AAC in ADTS (ISO/IEC 11172-3 and 13818-7). */
function audioFrame([first = 0, second = 0, third = 0]: Uint8Array): FileKind | null {
  if (first !== 0xff) return null;
  if ((second & 0xf6) === 0xf0) return { kind: "audio", contentType: "audio/aac" };
  const isLayer2Or3 = (second & 0xe0) === 0xe0 && [1, 2].includes((second >> 1) & 3);
  const hasBitrate = third >> 4 !== 15 && ((third >> 2) & 3) !== 3;
  return isLayer2Or3 && hasBitrate ? { kind: "audio", contentType: "audio/mpeg" } : null;
}

/** Only characters that texts have, in UTF-8. */
function isText(head: Uint8Array): boolean {
  if (head.length < MIN_TEXT_BYTES) return false;
  try {
    // The last character may be cut off.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return !/\p{Cc}/u.test(text.replaceAll(/\s/g, ""));
  } catch {
    return false;
  }
}
