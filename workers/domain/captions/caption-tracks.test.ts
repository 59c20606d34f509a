import { expect, test } from "vitest";
import { CaptionKind } from "../../contract/caption-kinds.ts";
import { trackLabel, trackOf, trackTag } from "./caption-tracks.ts";

test("the tag of a track is a language tag that says its kind", () => {
  for (const kind of CaptionKind.options)
    for (const language of ["en", "pt-BR", "zh-Hant-TW"]) {
      const tag = trackTag({ language, kind });
      expect(new Intl.Locale(tag).toString()).toBe(tag);
      expect(trackOf(tag)).toEqual({ language, kind });
    }
  expect(trackTag({ language: "en", kind: "forced" })).toBe("en-x-forced");
});

test("a tag for private use that is no kind stays a language", () => {
  expect(trackOf("en-x-pirate")).toEqual({ language: "en-x-pirate", kind: "subtitles" });
});

test("labels say what a track is besides its language", () => {
  expect(trackLabel({ language: "de", kind: "subtitles" })).toBe("Deutsch");
  expect(trackLabel({ language: "en", kind: "captions" })).toBe("English (CC)");
  expect(trackLabel({ language: "en", kind: "subtitles" }, true)).toBe("English (automatic)");
});
