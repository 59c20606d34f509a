import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { signUp } from "../tests/support/worker/accounts.ts";
import { issuePlaybackToken } from "./media/playback-token.ts";
import { newId } from "./domain/id.ts";
import { ANYTHING, HOSTILE } from "../tests/support/worker/fuzz-requests.ts";
import worker from "./index.ts";
import { newVideo, problemOf } from "../tests/support/worker/api.ts";

/** What the OpenAPI document does not describe: the endpoints of the auth library, media and images. */
const ORIGIN = "http://localhost:8788";
const REQUESTS = 600;
/** Requests sent at once: some refusals take three quarters of a second (auth/even-time.ts). */
const BATCH = 60;

interface EdgeRequest {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

const account = await signUp("creator");
const videoId = await newVideo(account.userId);
const options = { videoId, version: 1, sessionId: newId(), expiresIn: 600, download: true };
const { token } = await issuePlaybackToken(env, options);
const settings = { ...env, AUTH_ATTEMPTS_PER_MINUTE: "100000" };

/** One part of a path, intact or not, in various encodings. */
const part = fc.oneof(
  HOSTILE.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom("..", "%2e%2e", "%2f", "%5c", "%zz", "%00", "a%0d%0ab", "a".repeat(3000)),
);
const likely = (...values: string[]) =>
  fc.oneof({ arbitrary: fc.constantFrom(...values), weight: 6 }, { arbitrary: part, weight: 1 });
const method = fc.constantFrom("GET", "GET", "GET", "HEAD", "POST", "OPTIONS");
const pathOf = (...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((values) => `/${values.join("/")}`);

const file = likely(
  "multivariant.m3u8",
  "manifest.mpd",
  "key",
  "h264-240/0.1/00001.m4s",
  "captions/en.vtt",
);
const range = fc.oneof(fc.constantFrom("bytes=0-1", "bytes=-5", "bytes=9-1"), fc.string());
const fetching = fc.record(
  {
    range: range.filter((text) => !/[^\x20-\x7e]/.test(text)),
    origin: fc.constant("https://evil.example"),
  },
  { requiredKeys: [] },
);
const media = fc.record({
  path: pathOf(
    fc.constant("media"),
    likely(token, "x.y.z", `${token}x`),
    likely(videoId, newId()),
    likely("1", "2", "event"),
    file,
  ),
  method,
  headers: fetching,
});
const images = fc.record({
  path: pathOf(
    fc.constant("images"),
    likely(videoId, newId()),
    likely("1"),
    likely("poster.jpg", "storyboard.vtt"),
  ),
  method,
  headers: fetching,
});

const NAMES = [
  "name",
  "email",
  "password",
  "newPassword",
  "token",
  "code",
  "image",
  "callbackURL",
  "response",
  "id",
  "provider",
  "oauth_query",
  "grant_type",
  "client_id",
  "refresh_token",
  "scope",
  "role",
];
const FITTING = [
  "a@example.com",
  account.email,
  account.password,
  "/",
  "company",
  "authorization_code",
  "refresh_token",
];
const inputs = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(
    { arbitrary: fc.constantFrom<unknown>(...FITTING), weight: 3 },
    { arbitrary: ANYTHING, weight: 2 },
  ),
);
const CALLS = [
  "sign-up/email",
  "sign-in/email",
  "sign-in/social",
  "sign-out",
  "get-session",
  "token",
  "update-user",
  "delete-user",
  "change-password",
  "request-password-reset",
  "reset-password",
  "send-verification-email",
  "verify-email",
  "list-sessions",
  "revoke-session",
  "callback/company",
  "two-factor/enable",
  "two-factor/verify-totp",
  "passkey/verify-authentication",
  "passkey/verify-registration",
  "passkey/delete-passkey",
  "oauth2/authorize",
  "oauth2/token",
  "oauth2/consent",
  "oauth2/introspect",
  "oauth2/revoke",
  "oauth2/register",
  "oauth2/public-client",
  "oauth2/userinfo",
  "oauth2/end-session",
];
const auth = fc
  .record({
    call: fc.oneof(
      { arbitrary: fc.constantFrom(...CALLS), weight: 9 },
      { arbitrary: part, weight: 1 },
    ),
    method: fc.constantFrom("GET", "POST", "POST"),
    type: fc.constantFrom(
      "application/json",
      "application/json",
      "application/x-www-form-urlencoded",
      "text/plain",
    ),
    cookie: fc.constantFrom("", account.cookie, "better-auth.session_token=x"),
    inputs: fc.oneof(inputs, ANYTHING),
  })
  .map(({ call, method: verb, type, cookie, inputs: given }): EdgeRequest => {
    const query = fields(given).toString().slice(0, 4000);
    const headers = { "content-type": type, origin: ORIGIN, ...(cookie ? { cookie } : {}) };
    if (verb === "GET") return { path: `/api/auth/${call}?${query}`, method: verb, headers };
    const body = type === "application/json" ? (JSON.stringify(given) ?? "") : query;
    return { path: `/api/auth/${call}`, method: verb, headers, body };
  });

function fields(given: unknown): URLSearchParams {
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  return new URLSearchParams(
    entries.map(([name, value]) => [
      name,
      typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
    ]),
  );
}

/** Failures that happened after a response. */
const failures: unknown[] = [];

async function send({ path, ...init }: EdgeRequest): Promise<Response> {
  const ctx = createExecutionContext();
  // It is not awaited, because an isolate sends its numbers many seconds later.
  ctx.waitUntil = (work: Promise<unknown>) => void work.catch((error) => failures.push(error));
  const request = new Request(`${ORIGIN}${path}`, { ...init, redirect: "manual" });
  const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], settings, ctx);
  return response;
}

/** OAuth's own endpoints have the error format of their RFCs (decision 273). */
const hasOwnErrors = (path: string): boolean =>
  /^\/api\/auth\/oauth2\/(authorize|token|revoke|introspect|register|userinfo)\b/.test(path);

test.each<[string, fc.Arbitrary<EdgeRequest>]>([
  ["/api/auth", auth],
  ["/media", media],
  ["/images", images],
])(
  `${REQUESTS} requests below %s: no 5xx, and every 4xx is a problem`,
  { timeout: 300_000 },
  async (_, requests) => {
    const seen: Record<number, number> = {};
    const check = async (request: EdgeRequest) => {
      const response = await send(request);
      seen[response.status] = (seen[response.status] ?? 0) + 1;
      expect(response.status).toBeLessThan(500);
      expect(response.headers.has("x-injected")).toBe(false);
      if (response.status >= 400 && request.method !== "HEAD" && !hasOwnErrors(request.path))
        await problemOf(response);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(requests, { minLength: BATCH, maxLength: BATCH }),
        async (batch) => {
          await Promise.all(batch.map(check));
        },
      ),
      { numRuns: REQUESTS / BATCH },
    );
    expect(failures).toEqual([]);
    console.log(`responses by status: ${JSON.stringify(seen)}`);
  },
);
