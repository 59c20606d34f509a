import { env } from "cloudflare:workers";
import fc from "fast-check";
import { base64url, jwtVerify, SignJWT } from "jose";
import { expect, test } from "vitest";
import { mediaCatalog } from "../services/media-catalog.ts";
import { admit, type MediaRequest } from "./admission.ts";
import { issuePlaybackToken, ownKeys, PlaybackTokenClaims } from "./playback-token.ts";

const VIDEO = "aVideo0000000000000000";
const request = new Request("https://kinora.example/media/") as unknown as MediaRequest;

const delivery = { env, ctx: { waitUntil: () => {} }, catalog: mediaCatalog(env) };

function gateAdmits(token: string): Promise<boolean> {
  return admit(request, token, delivery).then(
    () => true,
    () => false,
  );
}

/** Verifies with jose alone, using our keys and claims. */
async function joseAdmits(token: string): Promise<boolean> {
  const { byKid } = await ownKeys(env);
  const keyOf = ({ kid }: { kid?: string }): CryptoKey => byKid.get(kid ?? "")!.key;
  return jwtVerify(token, keyOf, { algorithms: ["HS256"] }).then(
    ({ payload }) => PlaybackTokenClaims.safeParse(payload).success,
    () => false,
  );
}

const tokenOptions = fc.record({
  sessionId: fc.string({ maxLength: 70, unit: "binary" }),
  version: fc.oneof(fc.integer(), fc.double()),
  // Never within seconds of now, so that no token expires during the test.
  expiresIn: fc.oneof(fc.integer({ min: 10, max: 86_000 }), fc.integer({ min: -9000, max: -10 })),
  download: fc.boolean(),
});

const base64urlText = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);
const at = fc.nat({ max: 400 });
/** Ways to alter a token. */
const alteration = fc.oneof(
  { weight: 3, arbitrary: fc.constant((token: string) => token) },
  fc
    .tuple(at, fc.constantFrom("A", "Q", "g", "w", "_", ".", "=", "+", "/", " ", "\n", "%", "é"))
    .map(([index, letter]) => (token: string) => {
      const position = index % token.length;
      return token.slice(0, position) + letter + token.slice(position + 1);
    }),
  at.map((length) => (token: string) => token.slice(0, length % token.length)),
  fc.string({ maxLength: 5 }).map((more) => (token: string) => token + more),
  fc.tuple(fc.nat({ max: 2 }), base64urlText).map(
    ([index, text]) =>
      (token: string) =>
        token.split(".").with(index, text).join("."),
  ),
  fc
    .shuffledSubarray([0, 1, 2], { minLength: 1 })
    .map((order) => (token: string) => order.map((index) => token.split(".")[index]).join(".")),
);

test("the gate admits exactly the tokens that jose admits, however a token is altered", async () => {
  const admitted = { yes: 0, no: 0 };
  await fc.assert(
    fc.asyncProperty(tokenOptions, alteration, async (options, alter) => {
      const token = alter((await issuePlaybackToken(env, { videoId: VIDEO, ...options })).token);
      const expected = await joseAdmits(token);
      admitted[expected ? "yes" : "no"]++;
      expect(await gateAdmits(token)).toBe(expected);
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(admitted.yes, admitted.no)).toBeGreaterThan(200);
});

test("the gate agrees with jose on any other header, and on a signature by another secret", async () => {
  const { current, byKid } = await ownKeys(env);
  const now = Math.floor(Date.now() / 1000);
  const claims = base64url.encode(
    JSON.stringify({ sub: VIDEO, sid: "session", iat: now, exp: now + 60 }),
  );
  const header = fc
    .record({
      alg: fc.constantFrom("HS256", "HS512", "none", "RS256", "EdDSA", undefined),
      kid: fc.constantFrom(...byKid.keys(), "unknown", "", undefined),
      typ: fc.constantFrom("JWT", undefined),
      crit: fc.constantFrom(["exp"], [], undefined),
    })
    .chain((fields) =>
      fc.shuffledSubarray(Object.entries(fields), { minLength: 3 }).map(Object.fromEntries),
    );
  const secret = fc.constantFrom(...[...byKid.values()].map(({ key }) => key));
  const space = fc.constantFrom(0, 1);
  await fc.assert(
    fc.asyncProperty(header, secret, space, async (fields, key, indent) => {
      const input = `${base64url.encode(JSON.stringify(fields, null, indent))}.${claims}`;
      const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(input));
      const token = `${input}.${base64url.encode(new Uint8Array(signature))}`;
      expect(await gateAdmits(token)).toBe(await joseAdmits(token));
    }),
    { numRuns: 1000 },
  );
  const valid = new SignJWT({ sub: VIDEO, sid: "session", iat: now, exp: now + 60 });
  const token = await valid
    .setProtectedHeader({ typ: "JWT", kid: current.kid, alg: "HS256" })
    .sign(current.key);
  expect(await gateAdmits(token)).toBe(true);
});

test("the gate recognises the header of our own tokens without parsing it", async () => {
  const options = { videoId: VIDEO, version: 1, sessionId: "session", expiresIn: 60 };
  const { token } = await issuePlaybackToken(env, options);
  expect((await ownKeys(env)).byHeader.has(token.split(".")[0]!)).toBe(true);
});
