import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "./errors.ts";
import {
  checkFile,
  isVideoType,
  MAX_PART_BYTES,
  MAX_PARTS,
  MIN_PART_BYTES,
  partLength,
  planParts,
} from "./uploads.ts";

const MIB = 1024 ** 2;
/** The largest object of R2: 4.995 TiB. */
const MAX_OBJECT_BYTES = Math.floor(4.995 * 1024 ** 4);

test("every file is divided into equal parts, except the last, within the limits of S3 and R2", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 1, max: 200 * MIB }),
        fc.integer({ min: 1, max: MAX_OBJECT_BYTES }),
      ),
      (size) => {
        const plan = planParts(size);
        expect(plan.partCount).toBeLessThanOrEqual(MAX_PARTS);
        expect(plan.partSize).toBeLessThanOrEqual(MAX_PART_BYTES);
        expect(plan.partSize).toBeGreaterThanOrEqual(MIN_PART_BYTES);
        const last = partLength({ ...plan, size }, plan.partCount);
        expect(last).toBeGreaterThan(0);
        expect(last).toBeLessThanOrEqual(plan.partSize);
        expect(plan.partSize * (plan.partCount - 1) + last).toBe(size);
      },
    ),
  );
});

test("parts stay below the 100 MB limit of proxies while 10,000 of them are enough", () => {
  for (const size of [1, 8 * MIB, 50 * 1024 ** 3, 900 * 1024 ** 3]) {
    expect(planParts(size).partSize).toBeLessThan(100_000_000);
  }
  expect(planParts(20 * MIB)).toEqual({ partSize: 8 * MIB, partCount: 3 });
});

test("a part number beyond the file is rejected", () => {
  const upload = { ...planParts(20 * MIB), size: 20 * MIB };
  expect(partLength(upload, 3)).toBe(4 * MIB);
  for (const part of [0, -1, 4]) expect(() => partLength(upload, part)).toThrow(AppError);
});

test("video content types are recognised", () => {
  for (const type of [
    "video/mp4",
    "VIDEO/MP4; codecs=avc1",
    "video/x-matroska",
    "application/mxf",
    "application/ogg",
  ]) {
    expect(isVideoType(type)).toBe(true);
  }
  for (const type of [
    "",
    "video/",
    "audio/mp4",
    "application/octet-stream",
    "text/html",
    "xvideo/mp4",
    "video/mp4\r\nx: y",
  ]) {
    expect(isVideoType(type)).toBe(false);
  }
});

test.each([
  ["clip.mts", "", true],
  ["clip.M2TS", "application/octet-stream", true],
  ["clip.ts", "text/vnd.trolltech.linguist", true],
  ["clip.mxf", "", true],
  ["clip.dv", "video/x-dv", true],
  ["VTS_01_1.VOB", "", true],
  ["raw.h266", "", true],
  ["song.mp3", "audio/mpeg", false],
  ["song.flac", "", false],
  ["concert.w64", "", false],
  ["broadcast.mp2", "", false],
  ["memo.amr", "", false],
  ["notes.txt", "text/plain", undefined],
])('%s of type "%s" is accepted for its name or type', (filename, contentType, isVideo) => {
  const check = (acceptsAudio: boolean) => () =>
    checkFile({ filename, contentType, size: 1 }, 1, acceptsAudio);
  if (isVideo === undefined) expect(check(true)).toThrow(AppError);
  else expect(check(true)).not.toThrow();
  if (isVideo === true) expect(check(false)).not.toThrow();
  else expect(check(false)).toThrow(AppError);
});
