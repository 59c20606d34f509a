import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectProblem, insertVideo, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import { PublicJwk } from "../contract/signing-keys.ts";
import { catalog, runBatch } from "../db/client.ts";
import { videoRevocations } from "../db/revocations.ts";
import { insertSigningKey } from "../db/signing-keys.ts";
import { newId } from "../domain/id.ts";
import { videoSubject } from "../domain/revocations.ts";
import { Media } from "../index.ts";
import { mediaCatalog } from "../services/media-catalog.ts";
import type { Delivery, MediaRequest } from "./admission.ts";
import { handleMedia } from "./gate.ts";

const SEGMENT = "h264-360/0.1/00000.m4s";
const BYTES = new Uint8Array(1000);

/** A creator with a registered signing key and two videos, each with one segment. */
async function creatorWithKey() {
  const [ownerId, kid] = [newId(), newId()];
  const { publicKey, privateKey } = await generateKeyPair("EdDSA");
  const jwk = PublicJwk.parse(await exportJWK(publicKey));
  await insertSigningKey(catalog(env), { kid, ownerId, name: "k", algorithm: "EdDSA", jwk });
  const videos = [await insertVideo({ ownerId }), await insertVideo({ ownerId })] as const;
  for (const id of videos) await env.MEDIA.put(`${id}/1/${SEGMENT}`, BYTES);
  const mint = (sub: string, claims: object = {}): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000);
    return new SignJWT({ sub, sid: newId(), iat, exp: iat + 600, ...claims })
      .setProtectedHeader({ alg: "EdDSA", kid })
      .sign(privateKey);
  };
  return { ownerId, videos, mint };
}

let catalogReads = 0;
let storageReads = 0;
let catalogIsDown = false;
let storageIsDown = false;
const background: Promise<unknown>[] = [];
const CATALOG = new Proxy(env.CATALOG, {
  get(target, name) {
    catalogReads++;
    if (catalogIsDown) throw new Error("D1 is down");
    return Reflect.get(target, name).bind(target);
  },
});
const MEDIA = new Proxy(env.MEDIA, {
  get(target, name) {
    storageReads++;
    if (storageIsDown) throw new Error("R2 is down");
    return Reflect.get(target, name).bind(target);
  },
});
const countedEnv = { ...env, CATALOG, MEDIA };
const entrypoint = new Media(createExecutionContext(), countedEnv);
const ctx = {
  exports: { Media: { fetch: (url: string) => entrypoint.fetch(new Request(url)) } },
  waitUntil: (promise: Promise<unknown>) => background.push(promise),
} as unknown as Delivery["ctx"];
function request(token: string, id: string): Promise<Response> {
  const url = new URL(`/media/${token}/${id}/1/${SEGMENT}`, ORIGIN);
  return handleMedia(new Request(url) as MediaRequest, url.pathname, {
    env: countedEnv,
    ctx,
    catalog: mediaCatalog(countedEnv),
  });
}
async function watch(token: string, id: string): Promise<void> {
  const response = await request(token, id);
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 1000]);
}
/** Makes the gate's copy of the delivery log so old that the next request refreshes it. */
const ageDeliveryLog = (): void => void vi.setSystemTime(Date.now() + 60_000);

// The clock stands still, so that no refresh of the log is counted. It never goes back.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());
afterEach(async () => {
  catalogIsDown = false;
  storageIsDown = false;
  await Promise.all(background);
});

test("a segment costs no read of D1, with any token: the gate reads only the delivery log", async () => {
  const { videos, mint } = await creatorWithKey();
  const own = videos[1];
  ageDeliveryLog();
  catalogReads = 0;
  await watch(await tokenFor(own), own);
  expect(catalogReads).toBeGreaterThan(0);
  catalogReads = 0;
  for (let viewer = 0; viewer < 50; viewer++) {
    await watch(await tokenFor(own), own);
    await watch(await mint(videos[0]), videos[0]);
  }
  expect(catalogReads).toBe(0);
});

test("requests that arrive during a refresh of the delivery log are all answered", async () => {
  const id = await insertVideo();
  await env.MEDIA.put(`${id}/1/${SEGMENT}`, BYTES);
  const token = await tokenFor(id, { expiresIn: 600 });
  ageDeliveryLog();
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const url = `${ORIGIN}/media/${token}/${id}/1/${SEGMENT}`;
      const response = await exports.default.fetch(url);
      await response.arrayBuffer();
      return response.status;
    }),
  );
  expect(answers).toEqual(answers.map(() => 200));
});

test("creators' tokens for a foreign or missing video cost one read of R2 in total", async () => {
  const { mint } = await creatorWithKey();
  ageDeliveryLog();
  const foreign = await insertVideo();
  for (const id of [foreign, newId()]) {
    const token = await mint(id);
    await expectProblem(await request(token, id), "invalid_playback_token", id);
    [catalogReads, storageReads] = [0, 0];
    for (let attempt = 0; attempt < 5; attempt++)
      await expectProblem(
        await request(attempt % 2 ? token : await mint(id), id),
        "invalid_playback_token",
        id,
      );
    expect([catalogReads, storageReads]).toEqual([0, 0]);
  }
});

test("a video that did not exist is looked up again after half a minute", async () => {
  const { ownerId, mint } = await creatorWithKey();
  ageDeliveryLog();
  const id = newId();
  await expectProblem(await request(await mint(id), id), "invalid_playback_token", id);
  await insertVideo({ id, ownerId });
  await env.MEDIA.put(`${id}/1/${SEGMENT}`, BYTES);
  vi.setSystemTime(Date.now() + 31_000);
  await watch(await mint(id), id);
});

test("revocations are read from the primary database, not from a replica", async () => {
  const id = await insertVideo();
  await runBatch(catalog(env), videoRevocations(catalog(env), [id], Date.now()));
  const primary = {
    prepare: (sql: string) => env.CATALOG.prepare(sql),
    batch: (statements: D1PreparedStatement[]) => env.CATALOG.batch(statements),
    withSession: () => {
      throw new Error("A replica was asked.");
    },
  } as unknown as D1Database;
  const log = await mediaCatalog({ ...env, CATALOG: primary }).readDeliveryLog({
    key: 0,
    revocation: 0,
  });
  expect(log.revocations.map(({ subject }) => subject)).toContain(videoSubject(id));
});

test("while D1 is down every video keeps playing", async () => {
  const { videos, mint } = await creatorWithKey();
  ageDeliveryLog();
  await watch(await mint(videos[0]), videos[0]);
  catalogIsDown = true;
  await watch(await mint(videos[0]), videos[0]);
  const unknown = await request(await mint(videos[1]), videos[1]);
  expect([unknown.status, (await unknown.arrayBuffer()).byteLength]).toEqual([200, 1000]);
});

test("while R2 is down a creator's token for an unknown video gets a temporary error", async () => {
  const { videos, mint } = await creatorWithKey();
  const errors = vi.spyOn(console, "error").mockImplementation(() => {});
  ageDeliveryLog();
  storageIsDown = true;
  await expectProblem(
    await request(await mint(videos[0]), videos[0]),
    "storage_unavailable",
    videos[0],
  );
  expect(errors).toHaveBeenCalledWith(expect.stringContaining('"event":"media.owner-unavailable"'));
  errors.mockRestore();
});
