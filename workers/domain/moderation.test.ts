import { expect, test } from "vitest";
import { changeForLimits, joinLimits, limitFault } from "./moderation.ts";

const LIMITS = { minRating: "16", unlisted: true } as const;

test.each([
  [
    { visibility: "public", maturityRating: null },
    { visibility: "unlisted", maturityRating: "16" },
  ],
  [{ visibility: "private", maturityRating: "12" }, { maturityRating: "16" }],
  [{ visibility: "unlisted", maturityRating: "18" }, {}],
] as const)("a video %j gets %j to stay within its limits", (video, change) => {
  expect(changeForLimits(video, LIMITS)).toEqual(change);
  expect(limitFault({ ...video, ...change }, LIMITS)).toBeNull();
});

test.each([
  [{ visibility: "public", maturityRating: "18" }, /only with its link/],
  [{ visibility: "unlisted", maturityRating: "12" }, /from 16 on/],
  [{ visibility: "private", maturityRating: null }, /from 16 on/],
] as const)("a creator may not change it to %j", (after, fault) => {
  expect(limitFault(after, LIMITS)).toMatch(fault);
  expect(limitFault(after, null)).toBeNull();
});

test("a further ruling can only make limits stricter", () => {
  const next = { minRating: "12", unlisted: false } as const;
  expect(joinLimits(null, next)).toEqual(next);
  expect(joinLimits(LIMITS, next)).toEqual(LIMITS);
  expect(joinLimits(next, { minRating: null, unlisted: true })).toEqual({
    minRating: "12",
    unlisted: true,
  });
});
