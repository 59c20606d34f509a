import { expect, test } from "vitest";
import { QualityMeter } from "./quality-meter.ts";

function setUp(askedAt = 1000) {
  const meter = new QualityMeter(askedAt);
  const reading = { now: askedAt, bitrate: 2_000_000, frames: 0, droppedFrames: 0 };
  return {
    /** @param ms milliseconds since the previous event */
    after: (ms: number, event: string, change: Partial<typeof reading> = {}) => {
      Object.assign(reading, change, { now: reading.now + ms });
      meter.note(event, { ...reading });
    },
    take: (isEnd = false) => meter.take(isEnd, { ...reading }),
    meter,
  };
}

test("startup time is the time until the first frame and is reported once", () => {
  const { after, take } = setUp();
  after(300, "waiting");
  after(200, "playing");
  after(1000, "timeupdate", { frames: 25 });
  expect(take()).toMatchObject({
    started: true,
    startupMs: 500,
    playingMs: 1000,
    rebuffers: 0,
    frames: 25,
    kilobits: 2000,
  });
  after(1000, "timeupdate", { frames: 50, droppedFrames: 2 });
  const second = take();
  expect(second).toMatchObject({ started: false, playingMs: 1000, frames: 25, droppedFrames: 2 });
  expect(second).not.toHaveProperty("startupMs");
});

test("waiting during playback counts as rebuffering, but waiting after a seek or during a pause does not", () => {
  const { after, take } = setUp();
  after(100, "playing");
  after(1000, "waiting");
  after(700, "playing");
  after(500, "seeking");
  after(0, "waiting");
  after(900, "playing");
  after(400, "pause");
  after(20_000, "timeupdate");
  expect(take()).toMatchObject({ playingMs: 1900, rebuffers: 1, rebufferingMs: 700 });
  expect(take()).toBeNull();
});

test("leaving before the first frame counts as an exit before start, unless the player had failed", () => {
  expect(setUp().take(true)).toMatchObject({ exitedBeforeStart: true, started: false });
  const { meter, take } = setUp();
  meter.fail("network");
  expect(take(true)).toMatchObject({ error: "network", exitedBeforeStart: false });
});

test("a change of rendition counts as a switch, and bit rates are weighted by playing time", () => {
  const { after, take } = setUp();
  after(0, "playing");
  after(1000, "timeupdate", { bitrate: 6_000_000 });
  after(1000, "timeupdate");
  expect(take()).toMatchObject({ renditionSwitches: 1, kilobits: 8000 });
});

test("time while a computer sleeps does not count as played", () => {
  const { after, take } = setUp();
  after(0, "playing");
  after(8 * 3_600_000, "timeupdate");
  expect(take()?.playingMs).toBe(30_000);
});
