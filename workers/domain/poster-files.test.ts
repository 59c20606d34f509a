import { expect, test } from "vitest";
import { posterTypeOf } from "./poster-files.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test.each([
  ["a JPEG", "\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"],
  ["a PNG", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"],
  ["a WebP", "RIFF\x10\0\0\0WEBPVP8 ", "image/webp"],
  ["an AVIF", "\0\0\0\x1cftypavif\0\0\0\0", "image/avif"],
  ["a PNG that moves", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\x08acTL", null],
  ["a GIF", "GIF89a", null],
  ["a HEIC", "\0\0\0\x18ftypheic", null],
  ["an SVG", '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', null],
  ["an HLS playlist", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", null],
  ["a video", "\0\0\0\x18ftypisom", null],
  ["nothing", "", null],
])("%s is %s", (_, text, type) => {
  expect(posterTypeOf(bytes(text))).toBe(type);
});
