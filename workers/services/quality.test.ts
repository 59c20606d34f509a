import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { newId } from "../domain/id.ts";
import { takePoints } from "../count.ts";
import { issuePlaybackToken } from "../media/playback-token.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";

const PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/141.0.0.0 Mobile Safari/537.36";
const QUALITY = {
  started: true,
  startupMs: 400,
  playingMs: 60_000,
  rebuffers: 1,
  rebufferingMs: 600,
  renditionSwitches: 2,
  frames: 1500,
  droppedFrames: 3,
  kilobits: 90_000,
};

const creator = await newAccount();
const videoId = await newVideo(creator.userId);
const { token } = await issuePlaybackToken(env, {
  videoId,
  version: 1,
  sessionId: newId(),
  expiresIn: 3600,
});
let address = 0;

beforeEach(() => {
  takePoints();
  address++;
});

const send = (quality: object, headers: Record<string, string> = {}, path = "/v1/beacons") =>
  call(
    anonymous,
    "POST",
    path,
    { token, watched: 0, quality },
    { "cf-connecting-ip": `198.51.100.${address}`, "user-agent": PHONE, ...headers },
  );

/** Sums per metric and labels. */
const totals = (): Record<string, number> =>
  Object.fromEntries(
    takePoints()
      .filter(([metric]) => metric.startsWith("quality."))
      .map(([metric, labels, , , total]) => [`${metric} ${labels}`, total]),
  );

test("a playback quality report is counted in total and per device, browser and country", async () => {
  expect((await send(QUALITY)).status).toBe(202);
  expect(
    (await send({ ...QUALITY, started: false, startupMs: undefined, error: "network" })).status,
  ).toBe(202);
  const found = totals();
  expect(found).toMatchObject({
    "quality.plays all,": 1,
    "quality.startup.ms all,": 400,
    "quality.playing.ms all,": 120_000,
    "quality.playing.ms device,phone": 120_000,
    "quality.rebuffering.ms browser,chrome": 1200,
    "quality.rebuffers country,XX": 2,
    "quality.failures all,": 1,
    "quality.errors network": 1,
    "quality.reports taken": 2,
  });
  expect(found).not.toHaveProperty("quality.exits all,");
});

test.for([["dnt"], ["sec-gpc"]])("a browser that sends %s is left out", async ([name]) => {
  expect((await send(QUALITY, { [name!]: "1" })).status).toBe(202);
  expect(totals()).toEqual({ "quality.reports unwanted": 1 });
});

test("forged reports from one address count no more than its limit", async () => {
  const lies = Array.from({ length: 100 }, () => send({ ...QUALITY, rebufferingMs: 300_000 }));
  expect(new Set((await Promise.all(lies)).map(({ status }) => status))).toEqual(new Set([202]));
  const { "quality.reports taken": taken, "quality.reports limited": limited, ...rest } = totals();
  // The limit may restart in the meantime.
  expect(taken).toBeLessThanOrEqual(60);
  expect(taken! + limited!).toBe(100);
  expect(rest["quality.rebuffering.ms all,"]).toBe(taken! * 300_000);
});

test("a report that is impossible for any playback is refused", async () => {
  for (const change of [
    { playingMs: 300_001 },
    { rebuffers: -1 },
    { startupMs: Infinity },
    { who: "me" },
  ]) {
    const problem = await problemOf(await send({ ...QUALITY, ...change }));
    expect(problem.code).toBe("invalid_request");
  }
  expect(totals()).toEqual({});
});
