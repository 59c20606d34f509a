import { expect, test } from "vitest";
import { WatchReport } from "./watch-report.ts";

function setUp() {
  const beacons: { watched: number; ended: boolean }[] = [];
  const positions: number[] = [];
  const report = new WatchReport({
    beacon: (watched, ended) => beacons.push({ watched: Math.round(watched), ended }),
    progress: (position) => positions.push(Math.round(position)),
  });
  const play = (from: number, to: number) => {
    for (let at = from; at <= to; at += 0.25) report.tick(at);
  };
  return { report, play, beacons, positions };
}

test("a playback of a few seconds is not reported", () => {
  const { report, play, beacons, positions } = setUp();
  play(0, 4);
  report.flush();
  expect([beacons, positions]).toEqual([[], []]);
});

test("a playback counts after five seconds, and its end is reported", () => {
  const { report, play, beacons } = setUp();
  play(0, 60);
  expect(beacons).toEqual([{ watched: 5, ended: false }]);
  report.flush(true);
  expect(beacons.at(-1)).toEqual({ watched: 60, ended: true });
});

test("skipped time does not count as watched", () => {
  const { report, play, beacons } = setUp();
  play(0, 6);
  play(600, 606);
  report.flush();
  expect(beacons.at(-1)?.watched).toBe(12);
});

test("the position is reported once per 60 seconds watched and once at each pause", () => {
  const { report, play, positions } = setUp();
  play(0, 125);
  report.flush();
  report.flush();
  expect(positions).toEqual([60, 120, 125]);
});
