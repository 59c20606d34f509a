import HLS from "hls-parser";
import type { MediaPlaylist } from "hls-parser/types";
import { expect, test } from "vitest";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderLive, renderPublication } from "./render.ts";

const CHAPTERS = [
  { start: 0, title: "Harbour" },
  { start: 6.5004, title: 'Storm, "Force 9"' },
];
const DATE = "#EXT-X-PROGRAM-DATE-TIME:2000-01-01T00:00:00.000Z\n";

const playlistsOf = (chapters?: typeof CHAPTERS) =>
  renderPublication(examplePublication({ chapters })).filter(
    ({ name }) => name.endsWith(".m3u8") && name !== "multivariant.m3u8",
  );

test("video media playlists list the chapters as date ranges from the time of the first segment", () => {
  const [video] = playlistsOf(CHAPTERS);
  const { segments } = HLS.parse(video!.body) as MediaPlaylist;
  expect(segments[0]?.programDateTime).toEqual(new Date("2000-01-01T00:00:00.000Z"));
  expect(segments).toHaveLength(4);
  const tags = [...video!.body.matchAll(/^#EXT-X-DATERANGE:(.*)$/gm)].map(([, list]) => list);
  expect(tags).toEqual([
    'ID="chapter-1",CLASS="kinora.chapter",START-DATE="2000-01-01T00:00:00.000Z",DURATION=6.500,X-TITLE="Harbour"',
    'ID="chapter-2",CLASS="kinora.chapter",START-DATE="2000-01-01T00:00:06.500Z",DURATION=6.500,X-TITLE="Storm, ”Force 9”"',
  ]);
});

test("all media playlists of a stream with chapters share a program date-time, and only video playlists have the ranges", () => {
  const playlists = playlistsOf(CHAPTERS);
  expect(playlists.filter(({ body }) => !body.includes(DATE))).toEqual([]);
  expect(
    playlists.filter(({ body }) => body.includes("DATERANGE")).map(({ name }) => name),
  ).toEqual(["h264-720.m3u8", "h264-360.m3u8"]);
});

test("a stream without chapters and a growing playlist have no date-times", () => {
  const dated = /PROGRAM-DATE-TIME|DATERANGE/;
  expect(playlistsOf().filter(({ body }) => dated.test(body))).toEqual([]);
  const growing = examplePublication({ chapters: CHAPTERS, live: true });
  for (const name of ["h264-720.m3u8", "audio-0.m3u8", "subs-en.m3u8"])
    expect(renderLive(growing, name)?.body).not.toMatch(dated);
});
