import { expect, test } from "vitest";
import { forcedTrack } from "./forced-track.ts";

const track = (language: string, kind: "forced" | "subtitles" = "forced") => ({
  ...{ language, kind },
  ...{ label: language, url: `/${language}.vtt` },
});

test.each([
  ["the same language", [track("en"), track("de")], "de", "de"],
  ["the same region rather than another", [track("pt-PT"), track("pt-BR")], "pt-BR", "pt-BR"],
  ["another region", [track("pt-PT")], "pt-BR", "pt-PT"],
  ["none in another language", [track("en")], "de", undefined],
  ["no subtitles", [track("de", "subtitles")], "de", undefined],
  ["the only ones where the language is not known", [track("en")], null, "en"],
  ["none of several where the language is not known", [track("en"), track("de")], null, undefined],
])("forced captions follow the audio track: %s", (_which, captions, heard, chosen) => {
  expect(forcedTrack(captions, heard)?.language).toBe(chosen);
});
