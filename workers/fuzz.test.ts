import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ERRORS } from "./domain/errors.ts";
import { type FuzzRequest, fuzzRequests } from "./fuzz.fixture.ts";
import type { OpenApiDocument } from "./routes/openapi.ts";
import { anonymous, call, newAccount, newVideo, problemOf, type TestApp } from "./testing.ts";

const REQUESTS = 10_000;
/** Sent at once. */
const BATCH = 10;

/** Requests with bodies that Node and browsers cannot send are no requests. */
const carriesBody = (method: string) => method !== "GET" && method !== "HEAD";

test(
  `${REQUESTS} requests made from the OpenAPI document: no 5xx, and every 4xx is a problem with a known code`,
  { timeout: 1_200_000 },
  async () => {
    const [viewer, creator, other, admin] = await Promise.all([
      newAccount("viewer"),
      newAccount(),
      newAccount(),
      newAccount("admin"),
    ]);
    const ids = await Promise.all([
      newVideo(creator.userId),
      newVideo(creator.userId, {
        state: "failed",
        sourceKey: "sources/x/y",
        visibility: "private",
      }),
      newVideo(creator.userId, { state: "processing" }),
      newVideo(other.userId, { visibility: "private" }),
      newVideo(other.userId),
    ]);
    const document = (await (
      await call(anonymous, "GET", "/openapi.json")
    ).json()) as OpenApiDocument;
    const apps = fc.constantFrom<TestApp>(anonymous, viewer.app, creator.app, admin.app);
    const seen = new Map<number, number>();
    const check = async ({
      app,
      request,
    }: {
      app: TestApp;
      request: FuzzRequest;
    }): Promise<void> => {
      const { method, url, headers, body } = request;
      const response = await call(
        app,
        method,
        url,
        carriesBody(method) ? body : undefined,
        headers,
      );
      seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
      expect(response.status).toBeLessThan(500);
      expect(response.headers.has("x-injected")).toBe(false);
      if (response.status < 400) return;
      const problem = await problemOf(response);
      expect(Object.keys(ERRORS)).toContain(problem.code);
    };
    const request = fc.record({ app: apps, request: fuzzRequests(document, ids) });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
        await Promise.all(batch.map(check));
      }),
      { numRuns: REQUESTS / BATCH },
    );
    console.log(
      `answers by status: ${JSON.stringify(Object.fromEntries([...seen].toSorted(([a], [b]) => a - b)))}`,
    );
    // A generator that only makes nonsense would prove nothing.
    expect(seen.get(200) ?? 0).toBeGreaterThan(REQUESTS / 50);
  },
);

test("a caller over the ceiling is told to wait, and nothing is done", async () => {
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
