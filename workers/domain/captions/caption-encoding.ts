import chardet from "chardet";

/** Encodings of captions by language, most common first. Any other language is written in Latin letters. */
const ENCODINGS_BY_LANGUAGE: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  (
    [
      ["ru uk be bg sr mk", ["windows-1251", "KOI8-R", "ISO-8859-5"]],
      ["pl cs sk hu sl hr bs ro sq", ["windows-1250", "ISO-8859-2"]],
      ["el", ["windows-1253", "ISO-8859-7"]],
      ["tr az", ["windows-1254", "ISO-8859-9"]],
      ["he yi", ["windows-1255", "ISO-8859-8"]],
      ["ar fa ur", ["windows-1256", "ISO-8859-6"]],
      ["lt lv et", ["windows-1257", "ISO-8859-13"]],
      ["vi", ["windows-1258"]],
      ["th", ["windows-874"]],
      ["ja", ["Shift_JIS", "EUC-JP", "ISO-2022-JP"]],
      ["zh", ["GB18030", "Big5"]],
      ["ko", ["EUC-KR"]],
    ] as const
  ).flatMap(([languages, encodings]) =>
    languages.split(" ").map((language) => [language, encodings] as const),
  ),
);

/** Encodings that Windows extends with letters and quotation marks, which captions use. */
const EXTENDED: Readonly<Record<string, string>> = {
  "ISO-8859-1": "windows-1252",
  "ISO-8859-7": "windows-1253",
  "ISO-8859-8": "windows-1255",
  "ISO-8859-9": "windows-1254",
};

/** Bytes of lines with non-ASCII characters: enough to detect their encoding. */
const MAX_SAMPLE_BYTES = 16_384;
/** Share of bytes at even or odd places that are zero in UTF-16: in digits, line ends and spaces at least. */
const MIN_ZERO_SHARE = 0.2;
/** Ratio of invalid to valid UTF-8 sequences up to which a file counts as damaged UTF-8. */
const MAX_DAMAGED_SHARE = 0.1;
const LINE_FEED = 10;

function decodeStrictly(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** UTF-16 with or without a byte order mark. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, MAX_SAMPLE_BYTES);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const least = (sample.length / 2) * MIN_ZERO_SHARE;
  if (odd > least && odd > 4 * even) return "utf-16le";
  return even > least && even > 4 * odd ? "utf-16be" : undefined;
}

/** The lines that are not ASCII, which all encodings share. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  const sample = new Uint8Array(MAX_SAMPLE_BYTES);
  let length = 0;
  for (let start = 0; start < bytes.length && length < MAX_SAMPLE_BYTES;) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found + 1;
    const line = bytes.subarray(start, Math.min(end, start + MAX_SAMPLE_BYTES - length));
    if (line.some((byte) => byte >= 0x80)) {
      sample.set(line, length);
      length += line.length;
    }
    start = end;
  }
  return sample.subarray(0, length);
}

/** Text that is UTF-8 apart from a few places, with U+FFFD there. */
function damagedUtf8(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(bytes);
  const invalid = text.split("\uFFFD").length - 1;
  const valid = text.replaceAll(/[\0-\u007F\uFFFD]/gu, "").length;
  return invalid <= valid * MAX_DAMAGED_SHARE ? text : undefined;
}

/** The encodings to try, most likely first. */
function candidates(bytes: Uint8Array, language: string | undefined): string[] {
  const detected = chardet
    .analyse(sampleOf(bytes))
    .filter(({ confidence }) => confidence > 0)
    .map(({ name }) => name as string);
  const expected = ENCODINGS_BY_LANGUAGE[language?.split("-")[0]?.toLowerCase() ?? ""] ?? [];
  return [...detected.filter((name) => expected.includes(name)), ...detected];
}

/** A file as text. */
interface DecodedText {
  /** U+FFFD replaces invalid bytes. */
  text: string;
  /** The name in the Encoding Standard, in lower case. */
  encoding: string;
}

/**
 * The text of a caption file in any common encoding: UTF-8, UTF-16, or an older one, which is detected.
 *
 * @param language BCP 47, if known: it distinguishes similar encodings
 * @returns undefined if the file is not text
 */
export function detectText(bytes: Uint8Array, language?: string): DecodedText | undefined {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return { text: new TextDecoder(utf16).decode(bytes), encoding: utf16 };
  // No text, and no other encoding, contains a zero byte.
  if (bytes.includes(0)) return undefined;
  const utf8 = decodeStrictly(bytes, "utf-8") ?? damagedUtf8(bytes);
  if (utf8 !== undefined) return { text: utf8, encoding: "utf-8" };
  for (const name of candidates(bytes, language)) {
    const encoding = (EXTENDED[name] ?? name).toLowerCase();
    const text = decodeStrictly(bytes, encoding);
    if (text !== undefined) return { text, encoding };
  }
  return undefined;
}

/** Like `detectText`, without the name of the encoding. */
export function decodeCaptions(bytes: Uint8Array, language?: string): string | undefined {
  return detectText(bytes, language)?.text;
}
