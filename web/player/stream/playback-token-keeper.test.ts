import { expect, test } from "vitest";
import type { Playback } from "../../../workers/contract/playback.ts";
import { ApiError } from "../../api-error.ts";
import { PlaybackTokenKeeper } from "./playback-token-keeper.ts";

const LIFETIME_MS = 7_200_000;

/** @param serverAheadMs how far the server's clock is ahead of the device's */
function setUp(serverAheadMs = 0) {
  const clock = { now: 1_000_000 };
  let issued = 0;
  const issuePlayback = (): Playback => {
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
      expiresAt: new Date(clock.now + serverAheadMs + LIFETIME_MS).toISOString(),
      expiresIn: LIFETIME_MS / 1000,
    };
  };
  const gate = { open: () => {}, closed: false, fail: false, ended: false };
  const renewed: (string | undefined)[] = [];
  const announced: string[] = [];
  const keeper = new PlaybackTokenKeeper(
    issuePlayback(),
    (renew) =>
      new Promise((resolve, reject) => {
        renewed.push(renew);
        gate.open = () => {
          if (gate.fail) reject(new Error("offline"));
          else if (gate.ended && renew)
            reject(new ApiError(403, "invalid_playback_token", "It was ended."));
          else resolve(issuePlayback());
        };
        if (!gate.closed) gate.open();
      }),
    ({ token }) => announced.push(token),
    () => clock.now,
  );
  return { keeper, clock, gate, renewed, announced };
}

const SEGMENT = "http://localhost/media/t1/v/1/h264-240/0.1/00001.m4s";
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a fresh token is reused", async () => {
  const { keeper, clock } = setUp();
  clock.now += LIFETIME_MS * 0.7;
  expect(await keeper.rewrite(SEGMENT)).toBe(SEGMENT);
});

test.each([-LIFETIME_MS, LIFETIME_MS])(
  "a clock that is wrong by %d ms has no effect",
  async (serverAheadMs) => {
    const { keeper, clock, renewed } = setUp(serverAheadMs);
    await keeper.rewrite(SEGMENT);
    clock.now += LIFETIME_MS * 0.7;
    await keeper.rewrite(SEGMENT);
    expect(renewed).toEqual([]);
    clock.now += LIFETIME_MS * 0.1;
    await keeper.rewrite(SEGMENT);
    expect(renewed).toEqual(["t1"]);
  },
);

test("an ageing token stays in use until its successor arrives", async () => {
  const { keeper, clock, gate } = setUp();
  gate.closed = true;
  clock.now += LIFETIME_MS * 0.8;
  // Resolves before the new token has arrived.
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t1/");
  gate.open();
  await settled();
  expect(await keeper.rewrite(SEGMENT)).toBe(SEGMENT.replace("t1", "t2"));
});

test("requests after the expiry wait for one shared renewal", async () => {
  const { keeper, clock } = setUp();
  clock.now += LIFETIME_MS + 1;
  const urls = await Promise.all([keeper.rewrite(SEGMENT), keeper.rewrite(SEGMENT)]);
  expect(urls).toEqual([SEGMENT.replace("t1", "t2"), SEGMENT.replace("t1", "t2")]);
});

test("a token is not used in its last seconds, when the server may already refuse it", async () => {
  const { keeper, clock } = setUp();
  // A response that took two seconds to arrive: the server's lifetime ends two seconds before ours.
  clock.now += LIFETIME_MS - 2000;
  expect(keeper.isExpired).toBe(true);
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
});

test("a renewal that fails before the expiry is retried by the next request", async () => {
  const { keeper, clock, gate } = setUp();
  gate.fail = true;
  clock.now += LIFETIME_MS * 0.8;
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t1/");
  await settled();
  gate.fail = false;
  await keeper.rewrite(SEGMENT);
  await settled();
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
});

test("a refused token is replaced at once, but a second refusal is final", async () => {
  const { keeper } = setUp();
  expect(keeper.refused()).toBe(true);
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
  expect(keeper.refused()).toBe(false);
});

test("a playback ended by the creator stops, and another attempt starts a new one", async () => {
  const { keeper, clock, gate, renewed } = setUp();
  gate.ended = true;
  clock.now += LIFETIME_MS + 1;
  await expect(keeper.rewrite(SEGMENT)).rejects.toThrow("It was ended.");
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
  expect(renewed).toEqual(["t1", undefined]);
});

test("after its stream was released, the next request starts a new playback", async () => {
  const { keeper, renewed } = setUp();
  keeper.end();
  expect(await keeper.rewrite(SEGMENT)).toContain("/media/t2/");
  expect(renewed).toEqual([undefined]);
});

test("the page is notified once of each new playback", async () => {
  const { keeper, clock, announced } = setUp();
  await keeper.freshen();
  expect([keeper.isExpired, announced]).toEqual([false, []]);
  clock.now += LIFETIME_MS + 1;
  expect(keeper.isExpired).toBe(true);
  await Promise.all([keeper.freshen(), keeper.rewrite(SEGMENT)]);
  expect([keeper.isExpired, announced]).toEqual([false, ["t2"]]);
});

test("URLs without a token are not changed", async () => {
  const { keeper } = setUp();
  expect(await keeper.rewrite("/images/v/1/poster.jpg")).toBe("/images/v/1/poster.jpg");
});
