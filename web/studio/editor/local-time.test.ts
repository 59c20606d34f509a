import { expect, test } from "vitest";
import { isoOf, localOf } from "./local-time.ts";

test.each(["2026-03-01T18:30", "2026-07-01T00:00", "2028-02-29T23:59"])(
  "%s is the same time after it was sent and read again",
  (local) => {
    expect(localOf(isoOf(local))).toBe(local);
  },
);

test("a moment between minutes is shown as its minute", () => {
  expect(localOf("2026-03-01T18:30:59.999Z")).toBe(localOf("2026-03-01T18:30:00.000Z"));
});

test("nothing, and what is no time, is none", () => {
  expect([localOf(null), isoOf(""), isoOf("soon")]).toEqual(["", null, null]);
});
