import { expect, test } from "vitest";
import {
  hasOwnFilters,
  NO_OWN_FILTERS,
  ownListAddress,
  ownListQuery,
  readOwnListParams,
} from "./own-list-params.ts";

test("the address of My videos contains the filters and restores them", () => {
  const params = readOwnListParams({
    q: "sea & sun",
    state: "failed",
    sort: "largest",
    other: "x",
  });
  const address = ownListAddress(params);
  expect(address).toBe("/studio?q=sea+%26+sun&state=failed&sort=largest");
  const query = Object.fromEntries(new URL(address, "https://kinora.example").searchParams);
  expect(readOwnListParams(query)).toEqual(params);
  expect(hasOwnFilters(params)).toBe(true);
  expect(ownListAddress({ ...params, ...NO_OWN_FILTERS })).toBe("/studio?sort=largest");
});

test("without filters the address has no parameters", () => {
  const params = readOwnListParams({});
  expect(ownListAddress(params)).toBe("/studio");
  expect(hasOwnFilters({ ...params, sort: "title" })).toBe(false);
  expect(ownListQuery(params)).toEqual({ creator: "me" });
});

test("invalid dates and sort orders are ignored", () => {
  const params = readOwnListParams({ from: "yesterday", to: "2026-13-45", sort: "best" });
  expect(params).toMatchObject({ from: "", to: "", sort: "" });
  expect(readOwnListParams({ sort: "newest" }).sort).toBe("");
});

test("the dates of a filter are whole days in the device's time zone", () => {
  const params = readOwnListParams({ from: "2026-02-28", to: "2026-02-28", q: " " });
  const { createdAfter = "", createdBefore = "", ...rest } = ownListQuery(params);
  expect(rest).toEqual({ creator: "me" });
  const [from, to] = [new Date(createdAfter), new Date(createdBefore)];
  expect([from.getMonth(), from.getDate(), from.getHours()]).toEqual([1, 28, 0]);
  expect([to.getMonth(), to.getDate(), to.getHours()]).toEqual([2, 1, 0]);
});
