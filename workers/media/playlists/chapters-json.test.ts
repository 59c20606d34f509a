import HLS from "hls-parser";
import type { MasterPlaylist } from "hls-parser/types";
import { expect, test } from "vitest";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderLive, renderPublication } from "./render.ts";

test("the multivariant playlist links to the chapters file, also while the video grows", () => {
  const chapters = [
    { start: 0, title: "Harbour" },
    { start: 6.5, title: "Storm" },
  ];
  const files = new Map(
    renderPublication(examplePublication({ chapters })).map(({ name, body }) => [name, body]),
  );
  expect(
    (HLS.parse(files.get("multivariant.m3u8")!) as MasterPlaylist).sessionDataList,
  ).toMatchObject([{ id: "com.apple.hls.chapters", uri: "chapters.json" }]);
  expect(JSON.parse(files.get("chapters.json")!)).toMatchObject([
    { "start-time": 0 },
    { "start-time": 6.5, titles: [{ title: "Storm" }] },
  ]);
  const live = renderLive(examplePublication({ chapters, live: true }), "chapters.json");
  expect(live).toMatchObject({ contentType: "application/json", body: files.get("chapters.json") });
  expect(renderLive(examplePublication(), "chapters.json")).toBeNull();
});
