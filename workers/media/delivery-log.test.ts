import { env } from "cloudflare:workers";
import { exportJWK, generateKeyPair } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PublicJwk } from "../contract/signing-keys.ts";
import { insertVideo } from "../../tests/support/worker/media.ts";
import { catalog, runBatch } from "../db/client.ts";
import { sessionRevocation, videoRevocations } from "../db/revocations.ts";
import { insertSigningKey } from "../db/signing-keys.ts";
import { newId } from "../domain/id.ts";
import { mediaCatalog } from "../services/media-catalog.ts";
import { DeliveryLog } from "./delivery-log.ts";
import type { MediaCatalog } from "./media-catalog.ts";

const db = catalog(env);
type DeliveryLogCatalog = Pick<MediaCatalog, "readDeliveryLog">;
const broken: DeliveryLogCatalog = {
  readDeliveryLog: () => {
    throw new Error("D1 is down");
  },
};
const hanging: DeliveryLogCatalog = { readDeliveryLog: () => new Promise(() => {}) };
async function revokeVideo(id: string): Promise<void> {
  await runBatch(db, videoRevocations(db, [id], Date.now()));
}

/** Promises passed to waitUntil: work that no request waited for. */
let background: Promise<unknown>[] = [];
function refresh(log: DeliveryLog, from: DeliveryLogCatalog = mediaCatalog(env)): Promise<void> {
  return log.ensureFresh(from, (promise) => void background.push(promise));
}
const later = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);
function tokenFor(videoId: string) {
  return {
    videoId,
    sessionId: "s",
    kid: "k",
    issuedAt: Date.now() / 1000,
  };
}

beforeEach(() => {
  background = [];
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the first request of an isolate reads the log, later ones do not, and no request waits for a refresh", async () => {
  const log = new DeliveryLog();
  const token = tokenFor(await insertVideo());
  await refresh(log);
  later(1);
  await revokeVideo(token.videoId);
  await refresh(log, broken);
  expect(background).toHaveLength(1);

  later(20);
  await refresh(log);
  await refresh(log);
  expect(background).toHaveLength(2);
  expect(log.isRevoked(token)).toBe(false);
  await Promise.all(background);
  expect(log.isRevoked(token)).toBe(true);
  expect(log.isRevoked({ ...token, issuedAt: Date.now() / 1000 })).toBe(false);
});

test("after a pause the first request waits for a refresh", async () => {
  const log = new DeliveryLog();
  const token = tokenFor(await insertVideo());
  await refresh(log);
  later(3600);
  await revokeVideo(token.videoId);
  await refresh(log);
  expect(log.isRevoked(token)).toBe(true);
});

test("concurrent requests share one read", async () => {
  const log = new DeliveryLog();
  const token = tokenFor(await insertVideo());
  later(1);
  await revokeVideo(token.videoId);
  await Promise.all([refresh(log), refresh(log, broken), refresh(log, broken)]);
  expect(background).toHaveLength(1);
  expect(log.isRevoked(token)).toBe(true);
});

test("a key that cannot be imported blocks neither other keys nor revocations", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const log = new DeliveryLog();
  const revoked = tokenFor(await insertVideo());
  const { publicKey } = await generateKeyPair("EdDSA");
  const { kty, crv, x } = await exportJWK(publicKey);
  const good = { kid: newId(), ownerId: newId(), name: "k", algorithm: "EdDSA" } as const;
  const bad = { ...good, kid: newId(), jwk: { kty: "OKP", crv: "Ed25519", x: "AA" } } as const;
  later(1);
  await insertSigningKey(db, bad);
  await insertSigningKey(db, { ...good, jwk: { kty, crv, x } as PublicJwk });
  await revokeVideo(revoked.videoId);
  await refresh(log);
  expect(log.isRevoked(revoked)).toBe(true);
  expect(log.key(bad.kid)).toBeUndefined();
  expect(log.key(good.kid)).toBeDefined();
});

describe("while D1 hangs", () => {
  const errors = vi.fn<typeof console.error>();
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() });
    vi.spyOn(console, "error").mockImplementation(errors);
  });

  test("requests wait for two seconds at most once, then use the last copy", async () => {
    const log = new DeliveryLog();
    await refresh(log);
    later(60);
    let resumed = 0;
    const requests = [1, 2, 3].map(() => refresh(log, hanging).then(() => resumed++));
    await vi.advanceTimersByTimeAsync(1900);
    expect(resumed).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(requests);
    expect(errors).toHaveBeenCalledWith(expect.stringContaining("No answer within 2000 ms."));

    // No request waits any more: the next attempts run in the background.
    for (let minute = 0; minute < 8; minute++) {
      await refresh(log, hanging);
      await vi.advanceTimersByTimeAsync(15_000);
    }
  });

  test("other requests do not wait for a read that was cancelled with its request", async () => {
    const log = new DeliveryLog();
    void log.ensureFresh(hanging, () => {});
    later(3);
    const token = tokenFor(await insertVideo());
    later(1);
    await revokeVideo(token.videoId);
    await refresh(log);
    expect(log.isRevoked(token)).toBe(true);
  });
});

test("while D1 is down the last copy stays in use, each failure is logged, and the log recovers", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => {});
  const log = new DeliveryLog();
  const [revoked, other] = [tokenFor(await insertVideo()), tokenFor(await insertVideo())];
  later(1);
  await revokeVideo(revoked.videoId);
  await refresh(log);
  later(60);
  await refresh(log, broken);
  expect(errors).toHaveBeenCalledWith(
    expect.stringContaining('"event":"media.delivery-log-unavailable"'),
  );
  expect([log.isRevoked(revoked), log.isRevoked(other)]).toEqual([true, false]);

  await runBatch(db, sessionRevocation(db, other.videoId, "s", Date.now()));
  later(60);
  await refresh(log);
  expect(log.isRevoked(other)).toBe(true);
});

test("a new signing key is known after the next refresh", async () => {
  const { publicKey } = await generateKeyPair("EdDSA");
  const { kty, crv, x } = await exportJWK(publicKey);
  const log = new DeliveryLog();
  await refresh(log);
  const kid = newId();
  await insertSigningKey(db, {
    kid,
    ownerId: "o",
    name: "k",
    algorithm: "EdDSA",
    jwk: { kty, crv, x } as PublicJwk,
  });
  expect(log.key(kid)).toBeUndefined();
  later(60);
  await refresh(log);
  expect(log.key(kid)).toMatchObject({ algorithm: "EdDSA", ownerId: "o" });
});

test("a revocation is dropped when all of its tokens have expired", async () => {
  const log = new DeliveryLog();
  const token = tokenFor(await insertVideo());
  later(1);
  await revokeVideo(token.videoId);
  await refresh(log);
  expect(log.isRevoked(token)).toBe(true);
  later(2 * 86_400);
  await refresh(log);
  expect(log.isRevoked(token)).toBe(false);
});
