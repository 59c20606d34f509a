import { expect, test } from "vitest";
import {
  activeFilters,
  apiQuery,
  readSearchParams,
  searchAddress,
  searchRequest,
} from "./search-params.ts";

test("an address is the same after reading and writing it", () => {
  const address = "/search?q=red+balloon&category=film&length=-10&within=7&captions=true";
  const query = Object.fromEntries(new URLSearchParams(address.split("?")[1]));
  expect(searchAddress(readSearchParams(query))).toBe(address);
  expect(activeFilters(readSearchParams(query))).toBe(4);
});

test("unknown parameters are dropped", () => {
  expect(searchAddress(readSearchParams({ q: "x", utm: "y" }))).toBe("/search?q=x");
});

test("length and age become parameters of the API", () => {
  const now = Date.parse("2026-11-22T15:00:00Z");
  const query = apiQuery(readSearchParams({ length: "10-40", within: "7" }), now);
  expect(query).toMatchObject({
    minDuration: "600",
    maxDuration: "2400",
    publishedAfter: "2026-11-15T00:00:00.000Z",
  });
  expect(query).not.toHaveProperty("length");
  expect(apiQuery(readSearchParams({ length: "-10" }), now)).toEqual({ maxDuration: "600" });
});

test("invalid filters in the address are ignored, and inactive ones are not sent", () => {
  expect(apiQuery(readSearchParams({ q: "x", length: "a-b", within: "soon" }), 0)).toEqual({
    q: "x",
  });
});

test("the preloaded request of a search page is the one that its code sends", () => {
  const now = Date.parse("2026-11-22T15:00:00Z");
  const address = "?utm=y&sort=newest&q=red%20balloon&length=-10";
  const query = Object.fromEntries(new URLSearchParams(address));
  expect(searchRequest(address, now)).toBe("/v1/search?q=red+balloon&sort=newest&maxDuration=600");
  expect(Object.keys(apiQuery(readSearchParams(query), now))).toEqual(["q", "sort", "maxDuration"]);
});
