import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect } from "vitest";
import { ERRORS } from "../../../workers/domain/errors.ts";
import { type FuzzRequest, fuzzRequests, type Method } from "./fuzz-requests.ts";
import type { OpenApiDocument } from "../../../workers/routes/openapi.ts";
import { anonymous, call, newAccount, newVideo, problemOf, type TestApp } from "./api.ts";

/** Sent at once. */
const BATCH = 10;
/** One address sends thousands of requests here; the ceiling has its own test. */
const unlimited = { limit: async () => ({ success: true }) };
const fuzzEnv = { ...env, READ_LIMIT: unlimited, WRITE_LIMIT: unlimited };

/** Requests with bodies that Node and browsers cannot send are no requests. */
const carriesBody = (method: string) => method !== "GET" && method !== "HEAD";

async function send(app: TestApp, request: FuzzRequest): Promise<Response> {
  const { method, url, headers, body } = request;
  const ctx = createExecutionContext();
  const init = { method, headers, ...(carriesBody(method) && body !== undefined ? { body } : {}) };
  const response = await app.request(url, init, fuzzEnv, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

/** Videos of every kind that a caller may come across. */
async function fuzzVideos(owner: string, other: string): Promise<string[]> {
  return Promise.all([
    newVideo(owner),
    newVideo(owner, { state: "failed", sourceKey: "sources/x/y", visibility: "private" }),
    newVideo(owner, { state: "processing" }),
    newVideo(other, { visibility: "private" }),
    newVideo(other),
  ]);
}

/**
 * Sends requests that are made from the OpenAPI document, by callers of every role. None may be answered with 5xx,
 * and every 4xx must be a problem with a known code.
 * @returns how often each status was answered
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
  const ids = await fuzzVideos(creator.userId, other.userId);
  const document = (await (
    await call(anonymous, "GET", "/openapi.json")
  ).json()) as OpenApiDocument;
  const seen = new Map<number, number>();
  const check = async (app: TestApp, request: FuzzRequest): Promise<void> => {
    const response = await send(app, request);
    seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
    expect(response.status).toBeLessThan(500);
    expect(response.headers.has("x-injected")).toBe(false);
    if (response.status < 400) return;
    const problem = await problemOf(response);
    expect(Object.keys(ERRORS)).toContain(problem.code);
  };
  const callers = { anonymous, viewer: viewer.app, creator: creator.app, admin: admin.app };
  // By name, so that a failure can be read.
  const caller = fc.constantFrom<keyof typeof callers>("anonymous", "viewer", "creator", "admin");
  const one = fc.tuple(caller, fuzzRequests(document, ids, methods));
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
      await Promise.all(batch.map(([name, request]) => check(callers[name], request)));
    }),
    { numRuns: requests / BATCH },
  );
  const answers = [...seen].toSorted(([a], [b]) => a - b);
  console.log(`answers by status: ${JSON.stringify(Object.fromEntries(answers))}`);
  return seen;
}
