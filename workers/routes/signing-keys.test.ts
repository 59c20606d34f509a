import { env, exports } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { signUp, type TestAccount } from "../../tests/support/accounts.ts";
import { insertVideo, ORIGIN, tokenFor } from "../../tests/support/media.ts";
import type { SigningKey } from "../contract/signing-key.ts";
import { newId } from "../domain/id.ts";

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(`${ORIGIN}${path}`, { redirect: "manual", ...init });

async function statusOf(path: string, init: RequestInit = {}): Promise<number> {
  const response = await call(path, init);
  await response.arrayBuffer();
  return response.status;
}

type Algorithm = "EdDSA" | "RS256";

/** A key pair whose public half is registered by the account. */
async function registered(account: TestAccount, algorithm: Algorithm) {
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

async function videoOf(ownerId: string): Promise<string> {
  const id = await insertVideo({ ownerId, visibility: "private" });
  await env.MEDIA.put(`${id}/1/p1/master.m3u8`, "#EXTM3U\n");
  return id;
}

/** An isolate takes up what has changed by the time its copy of the log is too old to be used. */
const letTheLogAge = (): void => void vi.setSystemTime(Date.now() + 50_000);

// Time only goes forward, as the isolate that all tests share expects.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());

describe.each(["EdDSA", "RS256"] as const)("a creator's %s key", (algorithm) => {
  test("opens the creator's own videos, from an address that needs no version, until it is revoked", async () => {
    const creator = await signUp("creator");
    const { kid, mint } = await registered(creator, algorithm);
    letTheLogAge();
    const id = await videoOf(creator.userId);
    const token = await mint(id);
    const entry = await call(`/media/${token}/${id}/master.m3u8`);
    const lists = `/media/${token}/${id}/1/p1/master.m3u8`;
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

  test("opens nothing of anyone else, lives a day at most, and is no secret", async () => {
    const creator = await signUp("creator");
    const { kid, mint, publicKey } = await registered(creator, algorithm);
    letTheLogAge();
    const [own, foreign] = [await videoOf(creator.userId), await videoOf(newId())];
    const path = (token: string, id: string): string => `/media/${token}/${id}/1/p1/master.m3u8`;
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

test.each([
  { kty: "OKP", crv: "Ed25519", x: "A".repeat(43), d: "A".repeat(43) },
  { kty: "OKP", crv: "X25519", x: "A".repeat(43) },
  { kty: "RSA", n: "AQAB", e: "AQAB" },
  { kty: "oct", k: "AAAA" },
])("a key that is private, weak or of another kind is refused: %o", async (jwk) => {
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

describe("revoking", () => {
  test.each(["all of a video's grants", "one session's"])(
    "%s ends them, and leaves the rest",
    async (what) => {
      const creator = await signUp("creator");
      const id = await videoOf(creator.userId);
      const other = await videoOf(creator.userId);
      const path = (token: string, video = id): string =>
        `/media/${token}/${video}/1/p1/master.m3u8`;
      const one = path(await tokenFor(id, { sessionId: "one", expiresIn: 600 }));
      const two = path(await tokenFor(id, { sessionId: "two", expiresIn: 600 }));
      const elsewhere = path(await tokenFor(other, { sessionId: "one", expiresIn: 600 }), other);
      expect([await statusOf(one), await statusOf(two)]).toEqual([200, 200]);

      vi.setSystemTime(Date.now() + 1);
      const session = what === "one session's" ? "/one" : "";
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

  test("is what making a video private does to the grants of strangers", async () => {
    const creator = await signUp("creator");
    const id = await videoOf(creator.userId);
    const path = `/media/${await tokenFor(id, { expiresIn: 600 })}/${id}/1/p1/master.m3u8`;
    vi.setSystemTime(Date.now() + 1);
    const patch = {
      method: "PATCH",
      headers: { ...creator.headers, "content-type": "application/json" },
      body: '{"visibility":"private"}',
    };
    expect(await statusOf(`/v1/videos/${id}`, patch)).toBe(200);
    letTheLogAge();
    expect(await statusOf(path)).toBe(403);
  });
});
