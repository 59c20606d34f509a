import { expect, test } from "vitest";
import type { Playback } from "../../workers/contract/playback.ts";
import { ApiError } from "../api-error.ts";
import { PlaybackTokenKeeper } from "./playback-token-keeper.ts";

const LIFE = 7_200_000;

function setUp() {
  const clock = { now: 1_000_000 };
  let issued = 0;
  const grant = (): Playback => {
    issued++;
    return {
      hls: `/media/t${issued}/v/1/multivariant.m3u8`,
      dash: null,
      downloads: [],
      poster: null,
      storyboard: null,
      captions: [],
      licenses: {},
      chapters: [],
      token: `t${issued}`,
      counted: false,
      sessionId: `s${issued}`,
      expiresAt: new Date(clock.now + LIFE).toISOString(),
    };
  };
  const gate = { open: () => {}, closed: false, fail: false, ended: false };
  const renewed: (string | undefined)[] = [];
  const seen: string[] = [];
  const keeper = new PlaybackTokenKeeper(
    grant(),
    (renew) =>
      new Promise((resolve, reject) => {
        renewed.push(renew);
        gate.open = () => {
          if (gate.fail) reject(new Error("offline"));
          else if (gate.ended && renew)
            reject(new ApiError(403, "invalid_playback_token", "It was ended."));
          else resolve(grant());
        };
        if (!gate.closed) gate.open();
      }),
    ({ token }) => seen.push(token),
    () => clock.now,
  );
  return { keeper, clock, gate, renewed, seen };
}

const SEGMENT = "http://localhost/media/t1/v/1/h264-240/0.1/00001.m4s";
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a young grant is used as it is", async () => {
  const { keeper, clock } = setUp();
  clock.now += LIFE * 0.7;
  expect(await keeper.rewrite(SEGMENT)).toBe(SEGMENT);
});

test("an ageing grant goes on serving while the next is fetched, then the next takes over", async () => {
  const { keeper, clock, gate } = setUp();
  gate.closed = true;
  clock.now += LIFE * 0.8;
  // No stall: this resolves although the new grant has not arrived.
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t1/");
  gate.open();
  await settled();
  expect(await keeper.rewrite(SEGMENT)).toBe(SEGMENT.replace("t1", "t2"));
});

test("requests after the expiry wait for the new grant, and all share it", async () => {
  const { keeper, clock } = setUp();
  clock.now += LIFE + 1;
  const urls = await Promise.all([keeper.rewrite(SEGMENT), keeper.rewrite(SEGMENT)]);
  expect(urls).toEqual([SEGMENT.replace("t1", "t2"), SEGMENT.replace("t1", "t2")]);
});

test("a renewal that fails early is tried again by the next request", async () => {
  const { keeper, clock, gate } = setUp();
  gate.fail = true;
  clock.now += LIFE * 0.8;
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t1/");
  await settled();
  gate.fail = false;
  await keeper.rewrite(SEGMENT);
  await settled();
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
});

test("a refused grant is replaced at once, but a second refusal is believed", async () => {
  const { keeper } = setUp();
  expect(keeper.refused()).toBe(true);
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
  expect(keeper.refused()).toBe(false);
});

test("a playback that its creator ended stops, and who tries again begins another", async () => {
  const { keeper, clock, gate, renewed } = setUp();
  gate.ended = true;
  clock.now += LIFE + 1;
  await expect(keeper.rewrite(SEGMENT)).rejects.toThrow("It was ended.");
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
  expect(renewed).toEqual(["t1", undefined]);
});

test("what is played after its place was given back is another playback, from the first request", async () => {
  const { keeper, renewed } = setUp();
  keeper.end();
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
  expect(renewed).toEqual([undefined]);
});

test("whoever shows addresses of its own hears of each new grant, once", async () => {
  const { keeper, clock, seen } = setUp();
  await keeper.freshen();
  expect([keeper.isOver, seen]).toEqual([false, []]);
  clock.now += LIFE + 1;
  expect(keeper.isOver).toBe(true);
  await Promise.all([keeper.freshen(), keeper.rewrite(SEGMENT)]);
  expect([keeper.isOver, seen]).toEqual([false, ["t2"]]);
});

test("addresses without a token stay untouched", async () => {
  const { keeper } = setUp();
  expect(await keeper.rewrite("/images/v/1/poster.jpg")).toBe("/images/v/1/poster.jpg");
});
