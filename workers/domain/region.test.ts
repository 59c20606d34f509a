import { expect, test } from "vitest";
import { regionOf } from "./region.ts";

test("a deployment may name a region, and an unknown region is refused", () => {
  expect(regionOf({ REGION: "" })).toBeUndefined();
  expect(regionOf({})).toBeUndefined();
  expect(regionOf({ REGION: "weur" })).toBe("weur");
  expect(() => regionOf({ REGION: "europe" })).toThrow("one of wnam, enam");
});
