import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect } from "vitest";
import { ERRORS } from "../../../workers/domain/errors.ts";
import { type FuzzRequest, fuzzRequests, type Method } from "./fuzz-requests.ts";
import type { OpenApiDocument } from "../../../workers/routes/openapi.ts";
import { anonymous, call, newAccount, newVideo, problemOf, type TestApp } from "./api.ts";

const REQUESTS_PER_BATCH = 10;
/** The fuzz sends thousands of requests from one address; the rate limit has its own test. */
const unlimited = { limit: async () => ({ success: true }) };
const fuzzEnv = { ...env, READ_LIMIT: unlimited, WRITE_LIMIT: unlimited };

/** Node and browsers cannot send a body with GET or HEAD. */
const mayHaveBody = (method: string) => method !== "GET" && method !== "HEAD";

async function send(app: TestApp, request: FuzzRequest): Promise<Response> {
  const { method, url, headers, body } = request;
  const ctx = createExecutionContext();
  const init = { method, headers, ...(mayHaveBody(method) && body !== undefined ? { body } : {}) };
  const response = await app.request(url, init, fuzzEnv, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

/** Inserts videos in every state that a caller may request. */
async function insertFuzzVideos(creator: string, other: string): Promise<string[]> {
  return Promise.all([
    newVideo(creator),
    newVideo(creator, { state: "failed", sourceKey: "sources/x/y", visibility: "private" }),
    newVideo(creator, { state: "processing" }),
    newVideo(other, { visibility: "private" }),
    newVideo(other),
  ]);
}

/**
 * Sends requests generated from the OpenAPI document, from callers of every role. No response may be 5xx, and every 4xx
 * must be a problem with a known code.
 * @returns the number of responses by status
 */
export async function fuzz(
  methods: readonly Method[],
  requests: number,
): Promise<Map<number, number>> {
  const [viewer, creator, other, admin] = await Promise.all([
    newAccount("viewer"),
    newAccount(),
    newAccount(),
    newAccount("admin"),
  ]);
  const ids = await insertFuzzVideos(creator.userId, other.userId);
  const document = (await (
    await call(anonymous, "GET", "/openapi.json")
  ).json()) as OpenApiDocument;
  const counts = new Map<number, number>();
  async function check(app: TestApp, request: FuzzRequest): Promise<void> {
    const response = await send(app, request);
    counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
    expect(response.status).toBeLessThan(500);
    expect(response.headers.has("x-injected")).toBe(false);
    if (response.status < 400) return;
    const problem = await problemOf(response);
    expect(Object.keys(ERRORS)).toContain(problem.code);
  }
  const callers = { anonymous, viewer: viewer.app, creator: creator.app, admin: admin.app };
  // By name, so that failures are readable.
  const caller = fc.constantFrom<keyof typeof callers>("anonymous", "viewer", "creator", "admin");
  const one = fc.tuple(caller, fuzzRequests(document, ids, methods));
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { minLength: REQUESTS_PER_BATCH, maxLength: REQUESTS_PER_BATCH }),
      async (batch) => {
        await Promise.all(batch.map(([name, request]) => check(callers[name], request)));
      },
    ),
    { numRuns: requests / REQUESTS_PER_BATCH },
  );
  const sorted = [...counts].toSorted(([a], [b]) => a - b);
  console.log(`responses by status: ${JSON.stringify(Object.fromEntries(sorted))}`);
  return counts;
}
