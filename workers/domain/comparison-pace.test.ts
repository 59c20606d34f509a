import { expect, test } from "vitest";
import {
  IDS_PER_PAGE,
  MAX_MESSAGES_PER_RUN,
  messagesToHandOver,
  nightOf,
  quotaOf,
  VIDEOS_PER_MESSAGE,
} from "./comparison-pace.ts";

const MINUTE_MS = 60_000;
const RUN_INTERVAL_MS = 3 * MINUTE_MS;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 1, 2);
/**
 * What a run can compare itself within its statement limit: a video takes ten to twenty statements, a page three.
 */
const VIDEOS_BY_ITSELF = 9;
const PAGES_BY_ITSELF = 50;

/**
 * Runs the comparison of a catalogue of the given size.
 * @returns the days it took and the largest number that one run handed over
 */
function simulate(videos: number, isCronDown = (_run: number) => false) {
  let [left, pages] = [videos, 3 * Math.ceil(videos / IDS_PER_PAGE)];
  let [night, quota, most] = [-1, 0, 0];
  for (let run = 0; ; run++) {
    const now = START + run * RUN_INTERVAL_MS;
    if (left === 0 && pages === 0) return { days: (now - START) / DAY_MS, most };
    if (isCronDown(run)) continue;
    if (nightOf(now) > night) [night, quota] = [nightOf(now), quotaOf(videos)];
    const messages = left > 0 ? messagesToHandOver(quota, now) : 0;
    most = Math.max(most, messages);
    const handedOver = Math.min(left, quota, messages * VIDEOS_PER_MESSAGE);
    const byItself = Math.min(left - handedOver, quota - handedOver, VIDEOS_BY_ITSELF);
    const listed = left > 0 ? 0 : Math.min(pages, quota, PAGES_BY_ITSELF);
    left -= handedOver + byItself;
    pages -= listed;
    quota -= handedOver + byItself + listed;
  }
}

test.each([1, 500, 10_000, 300_000, 1_000_000, 3_000_000, 10_000_000])(
  "the storage of %i videos is fully compared within a month, and no run queues more than one batch",
  (videos) => {
    const { days, most } = simulate(videos);
    expect(days).toBeLessThanOrEqual(30);
    expect(most).toBeLessThanOrEqual(MAX_MESSAGES_PER_RUN);
  },
);

test("a site with fewer than 500 videos is compared within a day, without messages", () => {
  const { days, most } = simulate(450);
  expect(days).toBeLessThan(1);
  expect(most).toBe(0);
});

test("later runs of the night catch up on missed ones", () => {
  const { days } = simulate(1_000_000, (run) => run % 480 < 240);
  expect(days).toBeLessThanOrEqual(30);
});
