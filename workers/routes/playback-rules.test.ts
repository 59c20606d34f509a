import { env, exports } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { insertVideo, ORIGIN } from "../../tests/support/worker/media.ts";
import type { PlaybackTokenRules, Playback, PlaybackRules } from "../contract/playback.ts";
import type { Video } from "../contract/videos.ts";
import {
  anonymous,
  call,
  newAccount,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const setRules = (owner: TestApp, id: string, playbackRules: object): Promise<Response> =>
  call(owner, "PATCH", `/v1/videos/${id}`, { playbackRules });
const ask = (id: string, rules: PlaybackTokenRules): Promise<Response> =>
  call(anonymous, "POST", `/v1/videos/${id}/playback`, { rules });

/** A public video with playback rules. */
async function videoWith(playbackRules: PlaybackRules): Promise<[string, TestApp]> {
  const { app, userId } = await newAccount();
  const id = await insertVideo({ ownerId: userId });
  await env.MEDIA.put(`${id}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  const answer = await setRules(app, id, playbackRules);
  expect([answer.status, (await answer.json<Video>()).playbackRules]).toEqual([200, playbackRules]);
  return [id, app];
}

async function play(id: string, rules: PlaybackTokenRules = {}): Promise<Playback> {
  const answer = await ask(id, rules);
  expect(answer.status).toBe(200);
  return answer.json<Playback>();
}

async function statusFrom(path: string, country: string, origin: string): Promise<number> {
  const init = { headers: { origin }, cf: { country } } as RequestInit;
  const answer = await exports.default.fetch(`${ORIGIN}${path}`, init);
  await answer.arrayBuffer();
  return answer.status;
}

// Time never goes back, which the isolate that all tests share would not expect.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());

test("only its creator sees the rules of a video", async () => {
  const [id, owner] = await videoWith({ countries: { deny: ["FR"] }, origins: [] });
  const { app: other } = await newAccount();
  const seenBy = async (app: TestApp, path: string) =>
    (await (await call(app, "GET", path)).text()).includes("FR");
  expect(await seenBy(owner, `/v1/videos/${id}`)).toBe(true);
  expect(await seenBy(owner, "/v1/videos?creator=me")).toBe(true);
  for (const app of [anonymous, other])
    for (const path of [`/v1/videos/${id}`, "/v1/videos", "/v1/feed"])
      expect([path, await seenBy(app, path)]).toEqual([path, false]);
  const origins = await call(anonymous, "GET", `/internal/embed-origins/${id}`);
  expect(await origins.json()).toEqual({ origins: [] });
});

describe("the rules of a video apply to every playback token for it", () => {
  test("apply even if the request has no rules", async () => {
    const [id] = await videoWith({
      countries: { deny: ["FR"] },
      origins: ["https://shop.example"],
    });
    const { hls } = await play(id);
    expect(await statusFrom(hls, "DE", "https://shop.example")).toBe(200);
    expect(await statusFrom(hls, "DE", ORIGIN)).toBe(200);
    expect(await statusFrom(hls, "DE", "https://thief.example")).toBe(403);
    expect(await statusFrom(hls, "FR", "https://shop.example")).toBe(403);
    expect(await statusFrom(hls, "T1", "https://shop.example")).toBe(403);
  });

  test("are combined with the rules of the request", async () => {
    const [id] = await videoWith({ countries: { allow: ["DE", "AT"] } });
    const wide = await play(id, { countries: { allow: ["FR", "AT"] } });
    expect(await statusFrom(wide.hls, "FR", ORIGIN)).toBe(403);
    expect(await statusFrom(wide.hls, "DE", ORIGIN)).toBe(403);
    expect(await statusFrom(wide.hls, "AT", ORIGIN)).toBe(200);
  });

  test("revoke the tokens issued before the rules were set", async () => {
    const [id, owner] = await videoWith({});
    const { hls } = await play(id);
    expect(await statusFrom(hls, "FR", ORIGIN)).toBe(200);
    vi.setSystemTime(Date.now() + 1);
    await setRules(owner, id, { countries: { allow: ["DE"] } });
    vi.setSystemTime(Date.now() + 50_000);
    expect(await statusFrom(hls, "FR", ORIGIN)).toBe(403);
    expect(await statusFrom((await play(id)).hls, "DE", ORIGIN)).toBe(200);
  });
});

test.each([
  { countries: { allow: ["Germany"] } },
  { origins: ["https://shop.example/page"] },
  { origins: ["https://shop.example; script-src *"] },
  { origins: Array.from({ length: 11 }, (_, index) => `https://${index}.example`) },
  { ipRanges: ["203.0.113.0/24"] },
])("invalid rules are refused: %o", async (playbackRules) => {
  const { app, userId } = await newAccount();
  const answer = await setRules(app, await insertVideo({ ownerId: userId }), playbackRules);
  expect((await problemOf(answer)).code).toBe("invalid_request");
});

test("the longest rules of a video fit into a token, and rules of a request beyond that are refused", async () => {
  const every = Array.from(
    { length: 250 },
    (_, index) => String.fromCharCode(65 + index / 26) + String.fromCharCode(65 + (index % 26)),
  );
  const origins = Array.from({ length: 10 }, (_, index) => `https://${index}${"a".repeat(91)}`);
  const [id] = await videoWith({ countries: { allow: every, deny: every.slice(1) }, origins });
  await play(id);
  const [denied] = await videoWith({ countries: { deny: every }, origins });
  expect(await statusFrom((await play(denied)).hls, "ZZ", origins[0]!)).toBe(200);
  const ipRanges = Array.from({ length: 20 }, () => "2001:0db8:0000:0000:0000:0000:0000:0000/128");
  expect((await problemOf(await ask(denied, { ipRanges }))).code).toBe("invalid_request");
});
