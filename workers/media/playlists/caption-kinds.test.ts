import { expect, test } from "vitest";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderPublication } from "./render.ts";

test("the multivariant playlist says of what kind each caption track is", () => {
  const kinds = ["subtitles", "captions", "descriptions", "forced"] as const;
  const captions = kinds.map((kind) => ({
    ...{ language: "en", kind },
    name: `English ${kind}`,
    path: `captions/${kind}.1.vtt`,
  }));
  const { body = "" } =
    renderPublication({ ...examplePublication(), captions }).find(
      ({ name }) => name === "multivariant.m3u8",
    ) ?? {};
  const lines = body.split("\n").filter((line) => line.includes("TYPE=SUBTITLES"));
  const of = (name: string) =>
    lines.map((line) => new RegExp(`[:,]${name}=("[^"]*"|[^,]*)`).exec(line)?.[1]);
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
