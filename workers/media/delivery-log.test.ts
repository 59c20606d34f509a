import { env } from "cloudflare:workers";
import { exportJWK, generateKeyPair } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PublicJwk } from "../contract/signing-key.ts";
import { insertVideo } from "../../tests/support/worker/media.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { sessionRevocation, videoRevocation } from "../db/revocations.ts";
import { insertSigningKey } from "../db/signing-keys.ts";
import { newId } from "../domain/id.ts";
import { DeliveryLog } from "./delivery-log.ts";

const db = catalog(env);
const broken = new Proxy({} as Catalog, {
  get() {
    throw new Error("D1 is away");
  },
});

const hanging = new Proxy(db, {
  get: (catalogue, name) =>
    name === "batch" ? () => new Promise(() => {}) : Reflect.get(catalogue, name),
});
const revokeVideo = (id: string): Promise<void> =>
  runBatch(db, videoRevocation(db, id, Date.now()));

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
  const grant = grantFor(await insertVideo());
  await refresh(log);
  later(1);
  await revokeVideo(grant.videoId);
  await refresh(log, broken);
  expect(background).toHaveLength(1);

  later(20);
  await refresh(log);
  await refresh(log);
  expect(background).toHaveLength(2);
  expect(log.isRevoked(grant)).toBe(false);
  await Promise.all(background);
  expect(log.isRevoked(grant)).toBe(true);
  expect(log.isRevoked({ ...grant, issuedAt: Date.now() / 1000 })).toBe(false);
});

test("after a pause the first request waits for what has changed", async () => {
  const log = new DeliveryLog();
  const grant = grantFor(await insertVideo());
  await refresh(log);
  later(3600);
  await revokeVideo(grant.videoId);
  await refresh(log);
  expect(log.isRevoked(grant)).toBe(true);
});

test("requests that come meanwhile wait for the same read, not for one of their own", async () => {
  const log = new DeliveryLog();
  const grant = grantFor(await insertVideo());
  later(1);
  await revokeVideo(grant.videoId);
  await Promise.all([refresh(log), refresh(log, broken), refresh(log, broken)]);
  expect(background).toHaveLength(1);
  expect(log.isRevoked(grant)).toBe(true);
});

describe("when D1 hangs", () => {
  const complaints = vi.fn<typeof console.error>();
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() });
    vi.spyOn(console, "error").mockImplementation(complaints);
  });

  test("requests wait two seconds, once, and then go on with the last copy", async () => {
    const log = new DeliveryLog();
    await refresh(log);
    later(60);
    let answered = 0;
    const asked = [1, 2, 3].map(() => refresh(log, hanging).then(() => answered++));
    await vi.advanceTimersByTimeAsync(1900);
    expect(answered).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(asked);
    expect(complaints).toHaveBeenCalledWith(expect.stringContaining("No answer within 2000 ms."));

    // Nobody waits any more: the next attempts are made in the background.
    for (let minute = 0; minute < 8; minute++) {
      await refresh(log, hanging);
      await vi.advanceTimersByTimeAsync(15_000);
    }
  });

  test("a read that died with the request that began it is not waited for by all others", async () => {
    const log = new DeliveryLog();
    void log.ensureFresh(
      () => hanging,
      () => {},
    );
    later(3);
    const grant = grantFor(await insertVideo());
    later(1);
    await revokeVideo(grant.videoId);
    await refresh(log);
    expect(log.isRevoked(grant)).toBe(true);
  });
});

test("when D1 is away the last copy goes on, each failure is logged, and it recovers", async () => {
  const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  const log = new DeliveryLog();
  const [revoked, other] = [grantFor(await insertVideo()), grantFor(await insertVideo())];
  later(1);
  await revokeVideo(revoked.videoId);
  await refresh(log);
  later(60);
  await refresh(log, broken);
  expect(complaints).toHaveBeenCalledWith(expect.stringContaining('"event":"delivery-log"'));
  expect([log.isRevoked(revoked), log.isRevoked(other)]).toEqual([true, false]);

  await runBatch(db, sessionRevocation(db, other.videoId, "s", Date.now()));
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
  const grant = grantFor(await insertVideo());
  later(1);
  await revokeVideo(grant.videoId);
  await refresh(log);
  expect(log.isRevoked(grant)).toBe(true);
  later(2 * 86_400);
  await refresh(log);
  expect(log.isRevoked(grant)).toBe(false);
});
