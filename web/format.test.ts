import { isBlank } from "../workers/contract/unseen-text.ts";
import { expect, test } from "vitest";
import {
  categoryName,
  clock,
  compactNumber,
  dayOf,
  daysUntil,
  containerName,
  languageName,
  lastSecond,
  runningTime,
  viewCount,
  wholeNumber,
} from "./format.ts";
import { fileSize } from "./file-size.ts";
import { LANGUAGES } from "./i18n/languages.ts";

test.each([
  [0, "0:00"],
  [65.9, "1:05"],
  [3723, "1:02:03"],
  [36_000, "10:00:00"],
])("clock(%s) is %s", (seconds, text) => expect(clock(seconds)).toBe(text));

test.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1500, "1.5 kB"],
  [2_000_000, "2.0 MB"],
  [12_345_678_900, "12 GB"],
])("fileSize(%s) is %s", (bytes, text) => expect(fileSize(bytes)).toBe(text));

test.each([
  [0.4, 0],
  [10, 9],
  [10.04, 10],
])("the last second of a video of %s s is %s", (duration, second) =>
  expect(lastSecond(duration)).toBe(second),
);

test.each([
  [0.2, "0 sec"],
  [45.4, "45 sec"],
  [59.6, "1 min"],
  [88.2, "1 min 28 sec"],
  [120, "2 min"],
  [5520, "92 min"],
])("runningTime(%s) is %s", (seconds, text) => expect(runningTime(seconds)).toBe(text));

test.each(Object.values(LANGUAGES))("$name writes small numbers as they are", ({ locale }) => {
  const [plain, compact] = [{}, { notation: "compact" } as const].map(
    (options) => new Intl.NumberFormat(locale, options),
  );
  for (const count of [0, 7, 42, 999]) {
    expect(plain?.format(count)).toBe(wholeNumber(count));
    expect(compact?.format(count)).toBe(compactNumber(count));
  }
});

test("larger numbers have separators", () => {
  expect(wholeNumber(1204)).toBe("1,204");
  expect(compactNumber(1204)).toBe("1.2K");
});

test("days of the calendar are relative for two weeks, then a date", () => {
  const now = new Date(2026, 10, 22, 12).getTime();
  const day = (...at: [month: number, date: number, hours: number]) =>
    dayOf(new Date(2026, ...at).toISOString(), now);
  expect(day(10, 22, 11)).toBe("today");
  expect(day(10, 21, 23)).toBe("yesterday");
  expect(day(10, 21, 11)).toBe("yesterday");
  expect(day(10, 23, 11)).toBe("tomorrow");
  expect(day(10, 12, 23)).toBe("10 days ago");
  expect(day(11, 24, 11)).toBe("Dec 24, 2026");
  expect(day(2, 1, 11)).toBe("Mar 1, 2026");
});

test("future dates are given in whole days", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  expect(daysUntil("2026-11-22T11:00:00Z", now)).toBe("within a day");
  expect(daysUntil("2026-11-23T11:00:00Z", now)).toBe("within a day");
  expect(daysUntil("2026-11-23T13:00:00Z", now)).toBe("in 2 days");
  expect(daysUntil("2026-12-22T12:00:00Z", now)).toBe("in 30 days");
});

test("a category is shown by its name, an unknown one by its slug", () => {
  expect([categoryName("howto"), categoryName("opera")]).toEqual(["How-to & Style", "opera"]);
});

test("views, languages and file formats read as English", () => {
  expect([viewCount(1), viewCount(1204), viewCount(1_250_000)]).toEqual([
    "1 view",
    "1,204 views",
    "1.3M views",
  ]);
  expect([languageName("de"), languageName("x-nonsense-")]).toEqual(["German", "x-nonsense-"]);
  expect(languageName("und")).toBe("Unknown language");
  expect([containerName("m4a"), containerName("webm")]).toEqual(["M4A", "WebM"]);
});

test.each(["", "  \t", "\u200b\u2060", "\u3164", "\u2800\u00ad", "\u202e"])("%j is blank", (text) =>
  expect(isBlank(text)).toBe(true),
);
test.each(["a", "0", "—", "🎬", "\u200bש"])("%j is visible", (text) =>
  expect(isBlank(text)).toBe(false),
);
