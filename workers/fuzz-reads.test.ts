import { expect, test } from "vitest";
import { fuzz } from "../tests/support/worker/fuzz-run.ts";

const REQUESTS = 5000;

test(
  `${REQUESTS} reads generated from the OpenAPI document: no 5xx, and every 4xx is a problem with a known code`,
  { timeout: 600_000 },
  async () => {
    const seen = await fuzz(["get"], REQUESTS);
    // If every request were invalid, the test would prove nothing.
    expect(seen.get(200) ?? 0).toBeGreaterThan(REQUESTS / 20);
  },
);
