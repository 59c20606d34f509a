import { env, exports } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { signUp, type TestAccount } from "../../tests/support/worker/accounts.ts";
import { insertVideo, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import type { SigningKey } from "../contract/signing-keys.ts";
import type { VideoState } from "../contract/videos.ts";
import { catalog, runBatch } from "../db/client.ts";
import { failVideo } from "../db/transcoding/outcomes.ts";
import { insertSigningKey, listSigningKeys, revokeSigningKey } from "../db/signing-keys.ts";
import { newId } from "../domain/id.ts";
import { expireRecords } from "../jobs/cleanup/expire.ts";

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(`${ORIGIN}${path}`, { redirect: "manual", ...init });

async function statusOf(path: string, init: RequestInit = {}): Promise<number> {
  const response = await call(path, init);
  await response.arrayBuffer();
  return response.status;
}

type Algorithm = "EdDSA" | "RS256";

/** Makes a key pair and registers its public key for the account. */
async function registerKey(account: TestAccount, algorithm: Algorithm) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const { kty, crv, x, n, e } = await exportJWK(publicKey);
  const jwk = algorithm === "EdDSA" ? { kty, crv, x } : { kty, n, e };
  const response = await call("/v1/signing-keys", {
    method: "POST",
    headers: { ...account.headers, "content-type": "application/json" },
    body: JSON.stringify({ name: algorithm, jwk }),
  });
  expect(response.status).toBe(201);
  const { kid } = await response.json<SigningKey>();
  const mint = (videoId: string, claims: object = {}): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ sub: videoId, sid: "viewer-7", iat: now, exp: now + 600, ...claims })
      .setProtectedHeader({ alg: algorithm, kid })
      .sign(privateKey);
  };
  return { kid, mint, publicKey };
}

async function videoOf(ownerId: string, state: VideoState = "ready"): Promise<string> {
  const id = await insertVideo({ ownerId, state, visibility: "private" });
  await env.MEDIA.put(`${id}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  return id;
}

/** Lets the isolate's copy of the delivery log become too old to be used without a refresh. */
const letTheLogAge = (): void => void vi.setSystemTime(Date.now() + 50_000);

// Time never goes backwards, which the shared isolate of all tests would not expect.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());

describe.each(["EdDSA", "RS256"] as const)("a creator's %s key", (algorithm) => {
  test("plays the creator's own videos, also at URLs without a version, until it is revoked", async () => {
    const creator = await signUp("creator");
    const { kid, mint } = await registerKey(creator, algorithm);
    letTheLogAge();
    const id = await videoOf(creator.userId);
    const token = await mint(id);
    const entry = await call(`/media/${token}/${id}/multivariant.m3u8`);
    const lists = `/media/${token}/${id}/1/p1/multivariant.m3u8`;
    expect([entry.status, entry.headers.get("location")]).toEqual([302, lists]);
    expect(await statusOf(lists)).toBe(200);

    const other = await signUp("creator");
    expect(
      await statusOf(`/v1/signing-keys/${kid}`, { method: "DELETE", headers: other.headers }),
    ).toBe(404);
    expect(
      await statusOf(`/v1/signing-keys/${kid}`, { method: "DELETE", headers: creator.headers }),
    ).toBe(204);
    letTheLogAge();
    expect(await statusOf(lists)).toBe(403);
    const list = await call("/v1/signing-keys", { headers: creator.headers });
    expect(await list.json()).toMatchObject({
      items: [{ kid, algorithm, revokedAt: expect.any(String) }],
    });
  });

  test("plays no other video, its tokens live a day at most, and its public key may be shown", async () => {
    const creator = await signUp("creator");
    const { kid, mint, publicKey } = await registerKey(creator, algorithm);
    letTheLogAge();
    const [own, foreign] = [await videoOf(creator.userId), await videoOf(newId())];
    const path = (token: string, id: string): string =>
      `/media/${token}/${id}/1/p1/multivariant.m3u8`;
    expect(await statusOf(path(await mint(own), own))).toBe(200);
    expect(await statusOf(path(await mint(foreign), foreign))).toBe(403);
    expect(
      await statusOf(path(await mint(own, { exp: Date.now() / 1000 + 2 * 86_400 }), own)),
    ).toBe(403);
    // HS256 with the public key as the secret, the classic confusion.
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)));
    const now = Math.floor(Date.now() / 1000);
    const forged = await new SignJWT({ sub: own, sid: "s", iat: now, exp: now + 60 })
      .setProtectedHeader({ alg: "HS256", kid })
      .sign(secret);
    expect(await statusOf(path(forged, own))).toBe(403);
  });
});

test("an account has at most twenty keys, also with concurrent requests, and a revoked one makes room", async () => {
  const creator = await signUp("creator");
  const { kid, publicKey } = await registerKey(creator, "EdDSA");
  const { kty, crv, x } = await exportJWK(publicKey);
  const add = (): Promise<Response> =>
    call("/v1/signing-keys", {
      method: "POST",
      headers: { ...creator.headers, "content-type": "application/json" },
      body: JSON.stringify({ name: "k", jwk: { kty, crv, x } }),
    });
  const answers = await Promise.all(Array.from({ length: 22 }, add));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(19);
  const refused = answers.filter(({ status }) => status !== 201);
  for (const response of refused)
    expect(await response.json()).toMatchObject({ status: 409, code: "too_many_keys" });

  const revoke = { method: "DELETE", headers: creator.headers };
  expect(await statusOf(`/v1/signing-keys/${kid}`, revoke)).toBe(204);
  expect((await add()).status).toBe(201);
  expect((await add()).status).toBe(409);
});

test("revoked keys are kept as long as their tokens could live, up to a limit", async () => {
  const db = catalog(env);
  const ownerId = newId();
  const key = (): Parameters<typeof insertSigningKey>[1] => ({
    ...{ kid: newId(), ownerId, name: "k", algorithm: "EdDSA" },
    jwk: { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) },
  });
  for (let count = 0; count < 40; count++) {
    const added = await insertSigningKey(db, key());
    await revokeSigningKey(db, added!.kid);
  }
  expect(await insertSigningKey(db, key())).toBeNull();
  vi.setSystemTime(Date.now() + 25 * 3_600_000);
  expect(await insertSigningKey(db, key())).not.toBeNull();
  expect(await listSigningKeys(db, ownerId)).toHaveLength(1);
});

test("the sweep deletes revoked keys whose tokens have expired, even if their account adds no more keys", async () => {
  const db = catalog(env);
  const ownerId = newId();
  const jwk = { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } as const;
  const [live, revoked] = [newId(), newId()];
  for (const kid of [live, revoked])
    await insertSigningKey(db, { kid, ownerId, name: "k", algorithm: "EdDSA", jwk });
  await revokeSigningKey(db, revoked);
  await expireRecords(env);
  expect(await listSigningKeys(db, ownerId)).toHaveLength(2);
  vi.setSystemTime(Date.now() + 25 * 3_600_000);
  await expireRecords(env);
  expect((await listSigningKeys(db, ownerId)).map(({ kid }) => kid)).toEqual([live]);
});

test.each([
  { kty: "OKP", crv: "Ed25519", x: "A".repeat(43), d: "A".repeat(43) },
  { kty: "OKP", crv: "X25519", x: "A".repeat(43) },
  { kty: "RSA", n: "AQAB", e: "AQAB" },
  { kty: "oct", k: "AAAA" },
  // A key of small order, for which a signature is valid for any message.
  { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) },
  { kty: "OKP", crv: "Ed25519", x: `AQ${"A".repeat(41)}` },
  {
    kty: "OKP",
    crv: "Ed25519",
    x: Buffer.from(
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "hex",
    ).toString("base64url"),
  },
  {
    kty: "OKP",
    crv: "Ed25519",
    x: Buffer.from(
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "hex",
    ).toString("base64url"),
  },
  // An exponent that is even and larger than the gate verifies.
  { kty: "RSA", n: Buffer.from(`ff${"00".repeat(255)}`, "hex").toString("base64url"), e: "AQAB" },
  { kty: "RSA", n: Buffer.from("ff".repeat(256), "hex").toString("base64url"), e: "AQ" },
  { kty: "RSA", n: Buffer.from("ff".repeat(1200), "hex").toString("base64url"), e: "AQAB" },
])("a key that is private, weak or of an unsupported type is refused: %o", async (jwk) => {
  const { headers } = await signUp("creator");
  const response = await call("/v1/signing-keys", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ name: "k", jwk }),
  });
  expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([
    400,
    "invalid_request",
  ]);
});

test.each([
  ["misspelt", { contries: { deny: ["FR"] } }],
  ["misspelt inside a rule", { countries: { denied: ["FR"] } }],
  ["unknown", { maxHeight: 720 }],
])(
  "a token with a claim that is %s is refused instead of being treated as one without rules",
  async (_, claims) => {
    const creator = await signUp("creator");
    const { mint } = await registerKey(creator, "EdDSA");
    const id = await videoOf(creator.userId);
    letTheLogAge();
    const at = async (extra: object) =>
      statusOf(`/media/${await mint(id, extra)}/${id}/1/p1/multivariant.m3u8`);
    expect(await at({})).toBe(200);
    expect(await at(claims)).toBe(403);
  },
);

describe("revoking", () => {
  test.each(["all tokens of a video", "those of one session"])(
    "%s revokes its tokens and leaves the rest",
    async (what) => {
      const creator = await signUp("creator");
      const id = await videoOf(creator.userId);
      const other = await videoOf(creator.userId);
      const path = (token: string, video = id): string =>
        `/media/${token}/${video}/1/p1/multivariant.m3u8`;
      const one = path(await tokenFor(id, { sessionId: "one", expiresIn: 600 }));
      const two = path(await tokenFor(id, { sessionId: "two", expiresIn: 600 }));
      const elsewhere = path(await tokenFor(other, { sessionId: "one", expiresIn: 600 }), other);
      expect([await statusOf(one), await statusOf(two)]).toEqual([200, 200]);

      vi.setSystemTime(Date.now() + 1);
      const session = what === "those of one session" ? "/one" : "";
      expect(
        await statusOf(`/v1/videos/${id}/playback${session}`, {
          method: "DELETE",
          headers: creator.headers,
        }),
      ).toBe(204);
      letTheLogAge();
      expect(await statusOf(one)).toBe(403);
      expect(await statusOf(two)).toBe(session ? 200 : 403);
      expect(await statusOf(elsewhere)).toBe(200);
      expect(await statusOf(path(await tokenFor(id, { sessionId: "one" })))).toBe(200);
    },
  );

  test("also revokes foreign tokens dated up to a minute ahead by a fast clock, but not later ones of ours", async () => {
    const creator = await signUp("creator");
    const { mint } = await registerKey(creator, "EdDSA");
    letTheLogAge();
    const id = await videoOf(creator.userId);
    const path = (token: string): string => `/media/${token}/${id}/1/p1/multivariant.m3u8`;
    const ahead = path(await mint(id, { iat: Math.floor(Date.now() / 1000) + 50 }));
    expect(await statusOf(ahead)).toBe(200);
    vi.setSystemTime(Date.now() + 1000);
    const revoke = { method: "DELETE", headers: creator.headers };
    expect(await statusOf(`/v1/videos/${id}/playback`, revoke)).toBe(204);
    const own = path(await tokenFor(id, { expiresIn: 600 }));
    letTheLogAge();
    expect(await statusOf(ahead)).toBe(403);
    expect(await statusOf(own)).toBe(200);
    vi.setSystemTime(Date.now() + 11_000);
    expect(await statusOf(path(await mint(id)))).toBe(200);
  });

  const patch = (id: string, { headers }: TestAccount): Promise<number> =>
    statusOf(`/v1/videos/${id}`, {
      method: "PATCH",
      headers: { ...headers, "content-type": "application/json" },
      body: '{"visibility":"private"}',
    });
  const changes: Record<string, (id: string, creator: TestAccount) => Promise<unknown>> = {
    "making a video private": patch,
    "deleting it": (id, { headers }) => statusOf(`/v1/videos/${id}`, { method: "DELETE", headers }),
    "its failure while it was playable": (id) => {
      const failure = { code: "damaged_file", permanent: true, detail: "" } as const;
      const failed = failVideo(catalog(env), { videoId: id, version: 1 }, failure, Date.now());
      return runBatch(catalog(env), failed);
    },
  };
  test.each(Object.keys(changes))("%s revokes the tokens of other viewers", async (what) => {
    const creator = await signUp("creator");
    const id = await videoOf(creator.userId, what.includes("playable") ? "playable" : "ready");
    const path = `/media/${await tokenFor(id, { expiresIn: 600 })}/${id}/1/p1/multivariant.m3u8`;
    expect(await statusOf(path)).toBe(200);
    vi.setSystemTime(Date.now() + 1);
    await changes[what]!(id, creator);
    letTheLogAge();
    expect(await statusOf(path)).toBe(403);
  });
});
