import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesIn, sizeText } from "./size-text.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [53_687_091_200, "53.7 GB"],
  [2_000_000_000_000, "2 TB"],
  [5 * 1024 ** 4, "5.5 TB"],
])("%d bytes are shown as %s", (bytes, text) => expect(sizeText(bytes)).toBe(text));

test.each<[string, number | null]>([
  ["500 MB", 500_000_000],
  ["1.5TB", 1_500_000_000_000],
  ["1,5 tb", 1_500_000_000_000],
  ["50 GiB", 53_687_091_200],
  [" 20 ", 20_000_000_000],
  ["0", 0],
  ["12 b", 12],
  ["64 kB", 64_000],
  // Is the separator one for thousands, or a decimal point?
  ["1,000 GB", null],
  ["1.000 GB", null],
  ["-5 GB", null],
  ["a lot", null],
  ["5 GBit", null],
  ["", null],
  ["99999999 TB", null],
])("%s is read", (text, bytes) => expect(bytesIn(text)).toBe(bytes));

test("a displayed size can be parsed again and differs by half a percent at most", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8e15 }), (bytes) => {
      const read = bytesIn(sizeText(bytes));
      expect(Math.abs(read! - bytes) / bytes).toBeLessThanOrEqual(0.005);
    }),
  );
});
