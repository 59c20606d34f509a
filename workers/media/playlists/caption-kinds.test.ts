import { expect, test } from "vitest";
import type { Publication } from "../../contract/publications.ts";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderPublication } from "./render.ts";

/** The tags of caption tracks in the multivariant playlist, with their attributes. */
function subtitleTags(captions: Publication["captions"]) {
  const { body = "" } =
    renderPublication({ ...examplePublication(), captions }).find(
      ({ name }) => name === "multivariant.m3u8",
    ) ?? {};
  const lines = body.split("\n").filter((line) => line.includes("TYPE=SUBTITLES"));
  return (name: string) =>
    lines.map((line) => new RegExp(`[:,]${name}=("[^"]*"|[^,]*)`).exec(line)?.[1]);
}

test("the multivariant playlist names the kind of each caption track", () => {
  const kinds = ["subtitles", "captions", "descriptions", "forced"] as const;
  const captions = kinds.map((kind) => ({
    ...{ language: "en", kind },
    name: `English ${kind}`,
    path: `captions/${kind}.1.vtt`,
  }));
  const of = subtitleTags(captions);
  const dialogue = "public.accessibility.transcribes-spoken-dialog";
  expect(of("CHARACTERISTICS")).toEqual([
    `"${dialogue}"`,
    `"${dialogue},public.accessibility.describes-music-and-sound"`,
    '"public.accessibility.describes-video"',
    undefined,
  ]);
  expect(of("FORCED")).toEqual(["NO", "NO", "NO", "YES"]);
  expect(of("AUTOSELECT")).toEqual(["YES", "YES", "NO", "YES"]);
  const names = ["en", "en-x-captions", "en-x-descript", "en-x-forced"];
  expect(of("URI")).toEqual(names.map((name) => `"subs-${name}.m3u8"`));
});

test("several tracks of a kind in one language have different names", () => {
  const captions = ["en", "en-x-2", "en-x-3"].map((language) => ({
    ...{ language, kind: "subtitles" as const, name: "English" },
    path: `captions/${language}.1.vtt`,
  }));
  const of = subtitleTags(captions);
  expect(of("NAME")).toEqual(['"English"', '"English (2)"', '"English (3)"']);
  expect(of("LANGUAGE")).toEqual(['"en"', '"en"', '"en"']);
  expect(of("AUTOSELECT")).toEqual(["YES", "NO", "NO"]);
  expect(of("URI")).toEqual(['"subs-en.m3u8"', '"subs-en-x-2.m3u8"', '"subs-en-x-3.m3u8"']);
});
