import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { catalog } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { viewCounterOf } from "../db/views.ts";
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
import { fetchSegments, flushViews, putSegments } from "../../tests/support/worker/views.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterEach(() => void vi.useRealTimers());

/** Lets time pass. */
const later = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);

async function viewsOf(id: string): Promise<number | undefined> {
  await flushViews(id);
  return (await findVideo(catalog(env), id))?.views;
}
const beacon = (body: unknown, address = "192.0.2.1", app: TestApp = anonymous) =>
  call(app, "POST", "/v1/beacons", body, { "cf-connecting-ip": address });

/** A video with segments, of a creator. */
async function playableVideo() {
  const owner = await newAccount();
  const id = await newVideo(owner.userId);
  await putSegments(id);
  return { id, owner };
}

/** A token that was issued ten seconds ago. */
async function tokenOf(id: string): Promise<string> {
  const { current } = await ownKeys(env);
  const iat = Math.floor(Date.now() / 1000) - 10;
  return new SignJWT({ sub: id, ver: 1, sid: newId(), iat, exp: iat + 600 })
    .setProtectedHeader({ alg: "HS256", kid: current.kid })
    .sign(current.key);
}

/** How many playbacks of a video its counter knows. */
const knownPlaybacks = (id: string): Promise<number> =>
  runInDurableObject(
    viewCounterOf(env, id),
    (_counter, { storage }) =>
      storage.sql
        .exec<{ n: number }>("SELECT count(*) AS n FROM playbacks WHERE video_id = ?", id)
        .one().n,
  );

/** Tokens of playbacks that have fetched segments and that the counter knows. */
async function playing(id: string, count: number): Promise<string[]> {
  const before = await knownPlaybacks(id);
  const tokens = await Promise.all(Array.from({ length: count }, () => tokenOf(id)));
  for (const token of tokens) await fetchSegments(id, token);
  await vi.waitFor(async () => expect(await knownPlaybacks(id)).toBe(before + count), 50_000);
  return tokens;
}

test("a session counts as one view, however often its player reports", async () => {
  const { id } = await playableVideo();
  const [one, two] = await playing(id, 2);
  later(10);
  expect((await beacon({ token: one, watched: 1 })).status).toBe(202);
  for (const watched of [6, 20, 60]) {
    expect((await beacon({ token: one, watched })).status).toBe(202);
    expect(await viewsOf(id)).toBe(1);
  }
  expect((await beacon({ token: two, watched: 2, ended: true }, "192.0.2.2")).status).toBe(202);
  expect(await viewsOf(id)).toBe(2);
});

test("a viewer's playbacks within an hour count as one view, and the creator's own do not count", async () => {
  const { id, owner } = await playableVideo();
  const viewer = await newAccount("viewer");
  const tokens = await playing(id, 6);
  later(10);
  const report = async (token: string | undefined, address: string, app: TestApp = anonymous) =>
    expect((await beacon({ token, watched: 60 }, address, app)).status).toBe(202);
  await report(tokens[0], "192.0.2.7");
  await report(tokens[1], "192.0.2.7");
  await report(tokens[2], "192.0.2.50", viewer.app);
  await report(tokens[3], "192.0.2.51", viewer.app);
  await report(tokens[4], "192.0.2.60", owner.app);
  expect(await viewsOf(id)).toBe(2);
  later(2 * 3600);
  const [again] = await playing(id, 1);
  later(10);
  await report(again, "192.0.2.7");
  expect(await viewsOf(id)).toBe(3);
});

test("views cannot be forged: a playback that fetches no segments, or too few, does not count, whoever reports it", async () => {
  const { id } = await playableVideo();
  const minted = await Promise.all(Array.from({ length: 40 }, () => tokenOf(id)));
  const [headers, parts, playlists] = minted;
  await fetchSegments(id, headers!, { method: "HEAD" });
  await fetchSegments(id, parts!, { headers: { range: "bytes=0-0" } });
  await problemOf(await beacon({ token: playlists, watched: -1 }));
  const [real] = await playing(id, 1);
  later(10);
  for (const [index, token] of minted.entries())
    expect((await beacon({ token, watched: 60, ended: true }, `198.51.100.${index}`)).status).toBe(
      202,
    );
  expect(await viewsOf(id)).toBe(0);
  await beacon({ token: real, watched: 60 }, "203.0.113.9");
  expect(await viewsOf(id)).toBe(1);
});

test("a view takes a minimum watch time from the first segment on", async () => {
  const { id } = await playableVideo();
  const [token] = await playing(id, 1);
  await beacon({ token, watched: 3600, ended: true });
  expect(await viewsOf(id)).toBe(0);
  later(5);
  await beacon({ token, watched: 5 });
  expect(await viewsOf(id)).toBe(1);
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
