import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketOf, labelText, quantile, readLabels } from "./metrics.ts";

/** Adds the values up like the database. */
function bucketsOf(values: readonly number[]) {
  const buckets = new Map<number, { bucket: number; n: number; peak: number }>();
  for (const value of values) {
    const bucket = bucketOf(value);
    const { n, peak } = buckets.get(bucket) ?? { n: 0, peak: 0 };
    buckets.set(bucket, { bucket, n: n + 1, peak: Math.max(peak, value) });
  }
  return [...buckets.values()];
}

test("a quantile differs from the true one by at most the width of a bucket", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e8, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95, 1), (list, share) => {
      const sorted = list.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(sorted.length * share) - 1]!;
      const found = quantile(bucketsOf(list), share)!;
      expect(found).toBeLessThanOrEqual(Math.max(1, exact * Math.SQRT2 * 1.001));
      expect(found).toBeGreaterThanOrEqual(exact <= 1 ? 0 : (exact / Math.SQRT2) * 0.999);
    }),
  );
  expect(quantile([], 0.5)).toBeNull();
});

test("labels survive a round trip", () => {
  const labels = { kind: "video", end: "failed", code: "damaged" };
  const text = labelText("tasks.ended", labels);
  expect([text, readLabels("tasks.ended", text)]).toEqual(["video,failed,damaged", labels]);
  expect([labelText("tasks.waiting", {}), readLabels("tasks.waiting", "")]).toEqual(["", {}]);
});
