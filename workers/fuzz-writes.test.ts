import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { fuzz } from "../tests/support/worker/fuzz-run.ts";
import { newAccount } from "../tests/support/worker/api.ts";

const REQUESTS = 5000;

test(
  `${REQUESTS} writes generated from the OpenAPI document: no 5xx, and every 4xx is a problem with a known code`,
  { timeout: 600_000 },
  async () => {
    const seen = await fuzz(["post", "put", "patch", "delete"], REQUESTS);
    // If every request were invalid, the test would prove nothing.
    const done = [200, 201, 202, 204].reduce((sum, status) => sum + (seen.get(status) ?? 0), 0);
    expect(done).toBeGreaterThan(REQUESTS / 50);
  },
);

test("a caller over the rate limit is told to wait, and the request has no effect", async () => {
  const { app } = await newAccount();
  const full = { ...env, WRITE_LIMIT: { limit: async () => ({ success: false }) } };
  const file = JSON.stringify({ filename: "a.mp4", size: 1, contentType: "video/mp4" });
  const response = await app.request(
    "/v1/uploads",
    { method: "POST", body: file, headers: { "content-type": "application/json" } },
    full,
  );
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("60");
});
