import { expect, test } from "vitest";
import { expectedBandwidth } from "./bandwidth.ts";

const stored = (value: string | null) => ({ getItem: () => value });

test.each([
  ["what was measured last", { downlink: 10 }, "5000000", 5_000_000],
  ["a share of what the browser reports", { downlink: 10 }, null, 7_000_000],
  ["a default without any knowledge", undefined, null, 2_000_000],
  ["a default instead of a broken entry", undefined, "fast", 2_000_000],
  ["little when the viewer saves data", { downlink: 10, saveData: true }, "5000000", 1_000_000],
])("the bandwidth for the first segment is %s", (_name, connection, entry, expected) => {
  expect(expectedBandwidth(connection, stored(entry))).toBe(expected);
});
