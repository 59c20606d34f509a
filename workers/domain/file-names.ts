/** Extensions of the content types that browsers tell of video and audio files. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  "video/mp4": "mp4",
  "video/x-m4v": "m4v",
  "video/quicktime": "mov",
  "video/x-matroska": "mkv",
  "video/matroska": "mkv",
  "video/webm": "webm",
  "video/x-msvideo": "avi",
  "video/avi": "avi",
  "video/x-flv": "flv",
  "video/mp2t": "ts",
  "video/mpeg": "mpg",
  "video/ogg": "ogv",
  "video/x-ms-wmv": "wmv",
  "video/3gpp": "3gp",
  "application/mxf": "mxf",
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/x-m4a": "m4a",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/ogg": "ogg",
};

const MAX_NAME_CHARACTERS = 80;

/** A name that every file system takes: letters and digits of any script, without what separates paths or is reserved. */
export function fileNameOf(title: string, suffix: string): string {
  const plain = Array.from(title.normalize("NFC").replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, "-"))
    .slice(0, MAX_NAME_CHARACTERS)
    .join("")
    .replaceAll(/^-+|-+$/g, "");
  return `${plain || "video"}${suffix}`;
}

/** `.mp4`; empty for an unspecific type. @param contentType as sent by the uploading browser */
export function extensionOf(contentType: string): string {
  const extension = EXTENSIONS[contentType.split(";", 1)[0]!.trim().toLowerCase()];
  return extension === undefined ? "" : `.${extension}`;
}

/** RFC 6266: the name in ASCII for old clients, and the exact name. */
export function attachment(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\]/g, "_");
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
