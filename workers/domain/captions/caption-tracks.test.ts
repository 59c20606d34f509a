import { expect, test } from "vitest";
import { CaptionKind } from "../../contract/caption-kinds.ts";
import { numberedLanguage, spokenLanguage } from "./caption-languages.ts";
import { trackLabel, trackOf, trackTag, uniqueNames } from "./caption-tracks.ts";

test("a track's tag is a language tag that includes its kind", () => {
  for (const kind of CaptionKind.options)
    for (const language of ["en", "pt-BR", "zh-Hant-TW", "en-x-2", "zh-Hant-TW-x-64"]) {
      const tag = trackTag({ language, kind });
      expect(new Intl.Locale(tag).toString()).toBe(tag);
      expect(trackOf(tag)).toEqual({ language, kind });
    }
  expect(trackTag({ language: "en", kind: "forced" })).toBe("en-x-forced");
});

test("a private-use subtag that names no kind remains part of the language", () => {
  expect(trackOf("en-x-pirate")).toEqual({ language: "en-x-pirate", kind: "subtitles" });
  expect(spokenLanguage("en-x-pirate")).toEqual({ spoken: "en-x-pirate", number: 1 });
});

test("the tags of several tracks of one kind are numbered", () => {
  expect(trackTag({ language: numberedLanguage("en", 2), kind: "captions" })).toBe(
    "en-x-2-captions",
  );
  for (const number of [1, 2, 10, 64])
    expect(spokenLanguage(numberedLanguage("pt-BR", number))).toEqual({ spoken: "pt-BR", number });
});

test("repeated names are numbered uniquely", () => {
  const names = ["English", "English (2)", "English", "English", "Deutsch"];
  expect(uniqueNames(names)).toEqual([
    "English",
    "English (2)",
    "English (3)",
    "English (4)",
    "Deutsch",
  ]);
});

test("labels name the kind of a track as well as its language", () => {
  expect(trackLabel({ language: "de", kind: "subtitles" })).toBe("Deutsch");
  expect(trackLabel({ language: "en", kind: "captions" })).toBe("English (CC)");
  expect(trackLabel({ language: "en-x-2", kind: "captions" })).toBe("English (2) (CC)");
  expect(trackLabel({ language: "en", kind: "subtitles" }, true)).toBe("English (automatic)");
});
