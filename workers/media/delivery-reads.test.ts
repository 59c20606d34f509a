import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectProblem, insertVideo, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import { PublicJwk } from "../contract/signing-key.ts";
import { catalog } from "../db/client.ts";
import { insertSigningKey } from "../db/signing-keys.ts";
import { newId } from "../domain/id.ts";
import type { MediaContext, MediaRequest } from "./admission.ts";
import { Media } from "./entrypoint.ts";
import { handleMedia } from "./gate.ts";

const SEGMENT = "h264-360/0.1/00000.m4s";
const BYTES = new Uint8Array(1000);

/** A creator with a key on record, and two of its videos with a segment. */
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

let reads = 0;
let looks = 0;
let away = false;
let storageAway = false;
const waiting: Promise<unknown>[] = [];
const CATALOG = new Proxy(env.CATALOG, {
  get(target, name) {
    reads++;
    if (away) throw new Error("D1 is away");
    return Reflect.get(target, name).bind(target);
  },
});
const MEDIA = new Proxy(env.MEDIA, {
  get(target, name) {
    looks++;
    if (storageAway) throw new Error("R2 is away");
    return Reflect.get(target, name).bind(target);
  },
});
const counted = { ...env, CATALOG, MEDIA };
const entrypoint = new Media(createExecutionContext(), counted);
const ctx = {
  exports: { Media: { fetch: (url: string) => entrypoint.fetch(new Request(url)) } },
  waitUntil: (promise: Promise<unknown>) => waiting.push(promise),
} as unknown as MediaContext;
const ask = (token: string, id: string): Promise<Response> => {
  const url = new URL(`/media/${token}/${id}/1/${SEGMENT}`, ORIGIN);
  return handleMedia(new Request(url) as MediaRequest, url.pathname, counted, ctx);
};
const watch = async (token: string, id: string): Promise<void> => {
  const response = await ask(token, id);
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 1000]);
};
/** The gate reads its log when that has become this old. */
const letTheLogAge = (): void => void vi.setSystemTime(Date.now() + 60_000);

// A clock that stands still, so that no refresh of the log falls into the count; it only goes forward.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());
afterEach(async () => {
  away = false;
  storageAway = false;
  await Promise.all(waiting);
});

test("a segment costs no read of D1, whoever asks: the log of revocations is all that the gate reads of it", async () => {
  const { videos, mint } = await creatorWithKey();
  const own = videos[1];
  letTheLogAge();
  reads = 0;
  await watch(await tokenFor(own), own);
  expect(reads).toBeGreaterThan(0);
  reads = 0;
  for (let viewer = 0; viewer < 50; viewer++) {
    await watch(await tokenFor(own), own);
    await watch(await mint(videos[0]), videos[0]);
  }
  expect(reads).toBe(0);
});

test("requests of many viewers that come while the log is read are all answered", async () => {
  const id = await insertVideo();
  await env.MEDIA.put(`${id}/1/${SEGMENT}`, BYTES);
  const token = await tokenFor(id, { expiresIn: 600 });
  letTheLogAge();
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

test("creators' grants for a video of another's, or of none, cost one read of R2, however often they come", async () => {
  const { mint } = await creatorWithKey();
  letTheLogAge();
  const foreign = await insertVideo();
  for (const id of [foreign, newId()]) {
    const token = await mint(id);
    await expectProblem(await ask(token, id), "invalid_playback_token", id);
    [reads, looks] = [0, 0];
    for (let again = 0; again < 5; again++)
      await expectProblem(
        await ask(again % 2 ? token : await mint(id), id),
        "invalid_playback_token",
        id,
      );
    expect([reads, looks]).toEqual([0, 0]);
  }
});

test("a video that did not exist is looked for again half a minute later", async () => {
  const { ownerId, mint } = await creatorWithKey();
  letTheLogAge();
  const id = newId();
  await expectProblem(await ask(await mint(id), id), "invalid_playback_token", id);
  await insertVideo({ id, ownerId });
  await env.MEDIA.put(`${id}/1/${SEGMENT}`, BYTES);
  vi.setSystemTime(Date.now() + 31_000);
  await watch(await mint(id), id);
});

test("while D1 is away every film plays on", async () => {
  const { videos, mint } = await creatorWithKey();
  letTheLogAge();
  await watch(await mint(videos[0]), videos[0]);
  away = true;
  await watch(await mint(videos[0]), videos[0]);
  const unseen = await ask(await mint(videos[1]), videos[1]);
  expect([unseen.status, (await unseen.arrayBuffer()).byteLength]).toEqual([200, 1000]);
});

test("while R2 is away the answer to a creator's grant for an unknown film is to try again", async () => {
  const { videos, mint } = await creatorWithKey();
  const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  letTheLogAge();
  storageAway = true;
  await expectProblem(
    await ask(await mint(videos[0]), videos[0]),
    "storage_unavailable",
    videos[0],
  );
  expect(complaints).toHaveBeenCalledWith(expect.stringContaining('"event":"owner-read"'));
  complaints.mockRestore();
});
