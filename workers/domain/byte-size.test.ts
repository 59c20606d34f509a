import { expect, test } from "vitest";
import { byteSize } from "./byte-size.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_500, "1.5 kB"],
  [52_000_000, "52 MB"],
  [5e15, "5000 TB"],
])("byteSize(%s) is %s", (bytes, text) => expect(byteSize(bytes)).toBe(text));
