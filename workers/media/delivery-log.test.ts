import { env } from "cloudflare:workers";
import { exportJWK, generateKeyPair } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PublicJwk } from "../contract/signing-key.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { revoke } from "../db/revocations.ts";
import { insertSigningKey } from "../db/signing-keys.ts";
import { newId } from "../domain/id.ts";
import { DeliveryLog } from "./delivery-log.ts";

const db = catalog(env);
const broken = new Proxy({} as Catalog, {
  get() {
    throw new Error("D1 is away");
  },
});

/** What was handed to waitUntil: work that no request waited for. */
let background: Promise<unknown>[] = [];
const refresh = (log: DeliveryLog, from: Catalog = db): Promise<void> =>
  log.ensureFresh(
    () => from,
    (promise) => void background.push(promise),
  );
const later = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);
const grantFor = (videoId: string) => ({
  videoId,
  sessionId: "s",
  kid: "k",
  issuedAt: Date.now() / 1000,
});

beforeEach(() => {
  background = [];
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the first request of an isolate reads, the next ones do not, and a refresh keeps nobody waiting", async () => {
  const log = new DeliveryLog();
  const grant = grantFor(newId());
  await refresh(log);
  later(1);
  await revoke(db, `video:${grant.videoId}`);
  await refresh(log, broken);
  expect(background).toHaveLength(0);

  later(20);
  await refresh(log);
  await refresh(log);
  expect(background).toHaveLength(1);
  await Promise.all(background);
  expect(log.isRevoked(grant)).toBe(true);
  expect(log.isRevoked({ ...grant, issuedAt: Date.now() / 1000 })).toBe(false);
});

test("after a pause the first request waits for what has changed", async () => {
  const log = new DeliveryLog();
  const grant = grantFor(newId());
  await refresh(log);
  later(3600);
  await revoke(db, `video:${grant.videoId}`);
  await refresh(log);
  expect(background).toHaveLength(0);
  expect(log.isRevoked(grant)).toBe(true);
});

test("when D1 is away the last copy goes on, each failure is logged, and it recovers", async () => {
  const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  const log = new DeliveryLog();
  const [revoked, other] = [grantFor(newId()), grantFor(newId())];
  later(1);
  await revoke(db, `video:${revoked.videoId}`);
  await refresh(log);
  later(60);
  await refresh(log, broken);
  expect(complaints).toHaveBeenCalledWith(expect.stringContaining('"event":"delivery-log"'));
  expect([log.isRevoked(revoked), log.isRevoked(other)]).toEqual([true, false]);

  await revoke(db, `session:${other.videoId}/s`);
  later(60);
  await refresh(log);
  expect(log.isRevoked(other)).toBe(true);
});

test("a new key is known after the next refresh, one revoked before that never", async () => {
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

test("a revocation that no grant can outlive is forgotten", async () => {
  const log = new DeliveryLog();
  const grant = grantFor(newId());
  later(1);
  await revoke(db, `video:${grant.videoId}`);
  await refresh(log);
  expect(log.isRevoked(grant)).toBe(true);
  later(2 * 86_400);
  await refresh(log);
  expect(log.isRevoked(grant)).toBe(false);
});
