import { expect, test } from "vitest";
import { posterFileOf, readStoryboard, tileAt } from "./storyboard.ts";

const VTT = `WEBVTT

00:00:00.000 --> 00:00:05.000
storyboard.jpg#xywh=0,0,160,90

00:00:05.000 --> 00:00:10.000
storyboard.jpg#xywh=160,0,160,90

00:00:10.000 --> 00:00:12.500
storyboard.jpg#xywh=0,90,160,90
`;

test("every second of a video maps to a storyboard tile", () => {
  const tiles = readStoryboard(VTT, "https://kinora.example/images/v/1/files/storyboard.vtt");
  expect(tiles).toHaveLength(3);
  expect(tileAt(tiles, 0)).toMatchObject({
    sheet: "https://kinora.example/images/v/1/files/storyboard.jpg",
    x: 0,
    y: 0,
    width: 160,
    height: 90,
  });
  expect(tileAt(tiles, 5)).toMatchObject({ x: 160, y: 0 });
  expect(tileAt(tiles, 12)).toMatchObject({ x: 0, y: 90 });
  expect(tileAt(tiles, 99)).toMatchObject({ y: 90 });
  expect(tileAt([], 3)).toBeUndefined();
});

test.each([
  ["/images/v/1/files/a.1/poster.jpg", "/images/v/1/files/a.1/poster.jpg"],
  ["/media/h.p.s/v/1/files/a.1/poster.jpg", "/v/1/files/a.1/poster.jpg"],
  ["/media/another.t.oken/v/1/files/a.1/poster.jpg", "/v/1/files/a.1/poster.jpg"],
  [null, null],
])("the poster at %s is the file %s", (poster, file) => {
  expect(posterFileOf({ poster })).toBe(file);
});
