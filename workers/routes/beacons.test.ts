import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { expect, test, vi } from "vitest";
import { Playback } from "../contract/playback.ts";
import { catalog } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { countView } from "../db/views.ts";
import { newId } from "../domain/id.ts";
import { ownKeys } from "../media/playback-token.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const viewsOf = async (id: string) => (await findVideo(catalog(env), id))?.views;
const beacon = (body: unknown, address = "192.0.2.1", app: TestApp = anonymous) =>
  call(app, "POST", "/v1/beacons", body, { "cf-connecting-ip": address });

async function freshTokenOf(id: string): Promise<string> {
  return Playback.parse(await (await call(anonymous, "POST", `/v1/videos/${id}/playback`)).json())
    .token;
}

/** A token that was issued ten seconds ago. */
async function tokenOf(id: string): Promise<string> {
  const { current } = await ownKeys(env);
  const iat = Math.floor(Date.now() / 1000) - 10;
  return new SignJWT({ sub: id, ver: 1, sid: newId(), iat, exp: iat + 600 })
    .setProtectedHeader({ alg: "HS256", kid: current.kid })
    .sign(current.key);
}

test("a session is one view, however often its player reports", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  const [one, two] = [await tokenOf(id), await tokenOf(id)];
  expect((await beacon({ token: one, watched: 1 })).status).toBe(202);
  for (const watched of [6, 20, 60])
    expect((await beacon({ token: one, watched })).status).toBe(202);
  expect((await beacon({ token: two, watched: 2, ended: true }, "192.0.2.2")).status).toBe(202);
  await vi.waitFor(async () => expect(await viewsOf(id)).toBe(2), { timeout: 20_000 });
});

test("one person's playbacks within an hour are one view, the creator's are none, and a view takes time", async () => {
  const owner = await newAccount();
  const viewer = await newAccount("viewer");
  const id = await newVideo(owner.userId);
  const report = async (address: string, app: TestApp = anonymous) =>
    beacon({ token: await tokenOf(id), watched: 60 }, address, app);
  for (let count = 0; count < 5; count++) await report("192.0.2.7");
  for (let count = 0; count < 5; count++) await report(`192.0.2.${count + 50}`, viewer.app);
  for (let count = 0; count < 5; count++) await report(`192.0.2.${count + 60}`, owner.app);
  for (let count = 0; count < 5; count++)
    await beacon({ token: await freshTokenOf(id), watched: 60 }, `192.0.2.${count + 70}`);
  // The queue keeps the order, so the last one comes after all others.
  await report("192.0.2.8");
  await vi.waitFor(async () => expect(await viewsOf(id)).toBe(3), { timeout: 20_000 });
});

test("messages that are delivered twice or at once count once", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  const sessionId = newId();
  const db = catalog(env);
  await Promise.all(
    Array.from({ length: 5 }, () => countView(db, { videoId: id, sessionId }, Date.now())),
  );
  await countView(db, { videoId: id, sessionId: newId() }, Date.now());
  expect(await viewsOf(id)).toBe(2);
});

test("without a valid playback token nothing is counted", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  const token = await tokenOf(id);
  const altered = `${token.slice(0, -3)}${token.endsWith("AAA") ? "BBB" : "AAA"}`;
  expect((await problemOf(await beacon({ token: altered, watched: 60 }))).code).toBe(
    "invalid_playback_token",
  );
  expect((await problemOf(await beacon({ token, watched: 60, videoId: id }))).code).toBe(
    "invalid_request",
  );
});
