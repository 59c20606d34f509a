import { expect, test } from "vitest";
import { readTenths } from "../../../workers/domain/audience/play-counts.ts";
import { AudienceMeter } from "./audience-meter.ts";
import { sourceOf } from "./audience-source.ts";

const SITE = "https://kinora.example";

function play(meter: AudienceMeter, from: number, to: number): void {
  meter.jump();
  for (let at = from; at < to; at += 0.25) meter.tick(at);
  meter.tick(to);
}

test("the meter records for each hundredth of a video how often it was played", () => {
  const meter = new AudienceMeter(200);
  play(meter, 0, 100);
  play(meter, 20, 41);
  const tenths = readTenths(meter.plays());
  expect(meter.watched).toBeCloseTo(121);
  expect(tenths.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 10));
  expect(tenths.slice(10, 21)).toEqual([...Array.from({ length: 10 }, () => 20), 15]);
  expect(tenths.slice(50)).toEqual(Array.from({ length: 50 }, () => 0));
});

test("one step of a short video covers several hundredths, and its end falls into the last", () => {
  const meter = new AudienceMeter(2);
  play(meter, 0, 2);
  expect(new Set(readTenths(meter.plays()))).toEqual(new Set([10]));
});

test("skipped time does not count as played, but time played before the code loaded does", () => {
  const meter = new AudienceMeter(100);
  meter.add(0, 3);
  meter.tick(3);
  meter.tick(4);
  meter.tick(90);
  meter.tick(91);
  expect(meter.watched).toBeCloseTo(5);
});

test.for([
  [{ previous: `${SITE}/` }, { source: "home" }],
  [{ previous: `${SITE}/search?q=ships` }, { source: "search" }],
  [{ previous: `${SITE}/watch/abc` }, { source: "related" }],
  [{ previous: `${SITE}/creator/abc` }, { source: "creator" }],
  [{ previous: `${SITE}/tag/ships` }, { source: "browse" }],
  [{ previous: `${SITE}/history` }, { source: "library" }],
  [{ previous: `${SITE}/settings` }, { source: "site" }],
  [{ page: `${SITE}/watch/x?list=p`, previous: `${SITE}/` }, { source: "playlist" }],
  [{ isFirst: true }, { source: "direct" }],
  [{ isFirst: false }, { source: "site" }],
  [
    { isFirst: true, referrer: "https://News.example/a" },
    { source: "external", host: "news.example" },
  ],
  // Entered through a link that was opened in a new tab.
  [{ isFirst: true, referrer: `${SITE}/search?q=a` }, { source: "search" }],
  [
    { page: `${SITE}/embed/x`, isFirst: true, referrer: "https://blog.example/" },
    { source: "embed", host: "blog.example" },
  ],
] as const)("%j is %j", ([origin, expected]) => {
  const nothing = { page: `${SITE}/watch/x`, previous: null, isFirst: false, referrer: "" };
  expect(sourceOf({ ...nothing, ...origin })).toEqual(expected);
});
