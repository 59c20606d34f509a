import { expect, test } from "vitest";
import { isoOf, localOf } from "./local-time.ts";

test.each(["2026-03-01T18:30", "2026-07-01T00:00", "2028-02-29T23:59"])(
  "%s is unchanged after it is sent and read again",
  (local) => {
    expect(localOf(isoOf(local))).toBe(local);
  },
);

test("a time with seconds is shown without them", () => {
  expect(localOf("2026-03-01T18:30:59.999Z")).toBe(localOf("2026-03-01T18:30:00.000Z"));
});

test("an empty field and an invalid time mean no time", () => {
  expect([localOf(null), isoOf(""), isoOf("soon")]).toEqual(["", null, null]);
});
