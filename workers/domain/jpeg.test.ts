import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainJpeg } from "./jpeg.ts";

/** A segment with its marker and length. */
const segment = (marker: number, ...content: number[]): number[] => [
  ...[0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff],
  ...content,
];
const frame = (width: number, height: number, components = 3): number[] =>
  segment(0xc0, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, components);
/** Data with a stuffed 0xff and a restart marker. */
const scan = [...segment(0xda, 1, 2, 3), 1, 0xff, 0x00, 2, 0xff, 0xd0, 3];
const START = [0xff, 0xd8];
const END = [0xff, 0xd9];
const tables = [...segment(0xdb, 1), ...segment(0xc4, 2)];
const plain = [...START, ...tables, ...frame(640, 480), ...scan, ...END];
const rewritten = (bytes: number[]) => plainJpeg(Uint8Array.from(bytes));

test("the image data of a JPEG is kept byte for byte", () => {
  const kept = rewritten(plain);
  expect(kept).toMatchObject({ width: 640, height: 480 });
  expect([...kept!.bytes]).toEqual(plain);
});

test("metadata, comments and trailing bytes are removed", () => {
  const place = [...Buffer.from("Exif\0\0GPS 52.5 N")];
  const dirty = [
    ...START,
    ...segment(0xe0, 1, 2),
    ...segment(0xe1, ...place),
    ...segment(0xfe, ...place),
    ...plain.slice(2),
    ...Buffer.from("<script>alert(1)</script>"),
  ];
  expect([...rewritten(dirty)!.bytes]).toEqual(plain);
});

test("a progressive JPEG with several scans is accepted", () => {
  const many = [
    ...START,
    ...segment(0xc2, 8, 0, 9, 0, 16, 1),
    ...[...scan, ...segment(0xc4, 2), ...scan],
    ...END,
  ];
  expect(rewritten(many)).toMatchObject({ width: 16, height: 9 });
});

test.each([
  ["nothing", []],
  ["text", [...Buffer.from("<svg onload=alert(1)>")]],
  ["no end", plain.slice(0, -2)],
  ["no scan", [...START, ...frame(1, 1), ...END]],
  ["no frame", [...START, ...scan, ...END]],
  ["two frames", [...START, ...frame(1, 1), ...frame(9, 9), ...scan, ...END]],
  ["no width", [...START, ...frame(0, 1), ...scan, ...END]],
  ["CMYK", [...START, ...frame(1, 1, 4), ...scan, ...END]],
  ["a length beyond the end", [...START, 0xff, 0xe0, 0xff, 0xff]],
  ["an unknown segment", [...START, ...segment(0xc8, 1), ...frame(1, 1), ...scan, ...END]],
])("%s is refused", (_, bytes) => {
  expect(rewritten(bytes)).toBeNull();
});

test("no damaged file causes an error other than a refusal, and rewriting twice changes nothing", () => {
  const damage = fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { maxLength: 4 });
  const isStable = fc.property(damage, fc.nat(plain.length), (changes, length) => {
    const bytes = Uint8Array.from(plain.slice(0, length));
    for (const [at, value] of changes) if (at < length) bytes[at] = value;
    const once = plainJpeg(bytes)?.bytes;
    const twice = once && plainJpeg(once)?.bytes;
    return twice?.join() === once?.join();
  });
  expect(() => fc.assert(isStable)).not.toThrow();
});
