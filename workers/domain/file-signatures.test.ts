import { expect, test } from "vitest";
import { kindOfBytes, SIGNATURE_BYTES } from "./file-signatures.ts";

/** Bytes of a Latin-1 text, at an offset. */
function bytesOf(...marks: [offset: number, text: string][]): Uint8Array {
  const head = new Uint8Array(SIGNATURE_BYTES);
  for (const [offset, text] of marks)
    for (let at = 0; at < text.length; at++) head[offset + at] = text.charCodeAt(at);
  return head;
}

test.each([
  ["mp4", "video", "video/mp4", bytesOf([4, "ftypisom"])],
  ["mov", "video", "video/quicktime", bytesOf([4, "ftypqt  "])],
  ["old mov", "video", "video/quicktime", bytesOf([4, "moov"])],
  ["webm", "video", "video/webm", bytesOf([0, "\x1a\x45\xdf\xa3"], [31, "webm"])],
  ["mkv", "video", "video/x-matroska", bytesOf([0, "\x1a\x45\xdf\xa3"], [31, "matroska"])],
  ["ts", "video", "video/mp2t", bytesOf([0, "G"], [188, "G"], [376, "G"])],
  ["m2ts", "video", "video/mp2t", bytesOf([4, "G"], [196, "G"], [388, "G"])],
  ["vob", "video", "video/mpeg", bytesOf([0, "\0\0\x01\xba"])],
  ["dv", "video", "video/x-dv", bytesOf([0, "\x1f\x07\0\x3f"])],
  [
    "mxf",
    "video",
    "application/mxf",
    bytesOf([0, "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"]),
  ],
  ["h264", "video", "video/h264", bytesOf([0, "\0\0\0\x01\x67"])],
  ["hevc", "video", "video/h265", bytesOf([0, "\0\0\0\x01\x40\x01"])],
  ["gif", "video", "image/gif", bytesOf([0, "GIF89a"])],
  ["apng", "video", "image/apng", bytesOf([0, "\x89PNG\r\n\x1a\n"], [37, "acTL"])],
  ["png", "other", "image/png", bytesOf([0, "\x89PNG\r\n\x1a\n"])],
  ["jpeg", "other", "image/jpeg", bytesOf([0, "\xff\xd8\xff\xe0"])],
  ["avif", "other", "image/avif", bytesOf([4, "ftypavif"])],
  ["m4a", "audio", "audio/mp4", bytesOf([4, "ftypM4A "])],
  ["mp3", "audio", "audio/mpeg", bytesOf([0, "\xff\xfb\x90"])],
  ["w64", "audio", "audio/x-w64", bytesOf([0, "riff\x2e\x91\xcf\x11"])],
  ["amr", "audio", "audio/amr", bytesOf([0, "#!AMR\n"])],
  ["wavpack", "audio", "audio/x-wavpack", bytesOf([0, "wvpk"])],
  ["aac", "audio", "audio/aac", bytesOf([0, "\xff\xf1\x50"])],
  ["opus", "audio", "audio/ogg", bytesOf([0, "OggS"], [28, "OpusHead"])],
  ["zip", "other", "application/zip", bytesOf([0, "PK\x03\x04"])],
  ["TypeScript", "other", "text/plain", new TextEncoder().encode("export const ä = 1;\n")],
])("the first bytes of %s identify it as %s", (_name, kind, contentType, head) => {
  expect(kindOfBytes(head)).toEqual({ kind, contentType });
});

test("unknown, empty and truncated files are not identified", () => {
  for (const head of [
    bytesOf(),
    new Uint8Array(),
    bytesOf([0, "G"]),
    Uint8Array.of(0xff, 0xfe, 1, 2, 3),
  ])
    expect(kindOfBytes(head)).toBeNull();
});

test("text with a truncated last character is still recognised as text", () => {
  const text = new TextEncoder().encode("größe".repeat(200));
  expect(kindOfBytes(text.subarray(0, 3))).toBeNull();
  expect(kindOfBytes(text.subarray(0, 5 + 2 + 2 + 3))?.contentType).toBe("text/plain");
});
