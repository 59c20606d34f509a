import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCaptionFile } from "./caption-file.ts";
import {
  cleanCueText,
  MAX_CAPTION_BYTES,
  plainText,
  readCues,
  writeSubRip,
  writeWebVtt,
} from "./cues.ts";
import type { AppError } from "../errors.ts";

function detailOf(file: string): string {
  try {
    parseCaptionFile(file);
    return "parsed";
  } catch (error) {
    expect((error as AppError).code).toBe("invalid_captions");
    return (error as AppError).message;
  }
}

test("reads WebVTT with a header, notes, styles, regions, identifiers and settings", () => {
  const file = `\uFEFFWEBVTT - title\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { background: url(https://evil) }\r\n\r\nREGION\r\nid:x\r\n\r\nNOTE\r\nnothing\r\n\r\none\r\n00:01.000 --> 01:00:02.500 align:start region:x line:-1 evil:1\r\n<v Ann>Hi</v>\r\nthere\r\n`;
  expect(parseCaptionFile(file).cues).toEqual([
    { start: 1, end: 3602.5, text: "<v Ann>Hi</v>\nthere", settings: "align:start line:-1" },
  ]);
});

test("reads SubRip with commas, numbers, font tags and positions", () => {
  const file =
    "1\n00:00:01,5 --> 00:00:02,000\n{\\an8}<font color=red>Rock & roll</font>\n\n2\n0:00:03,000 --> 0:00:04,000 X1:1\n\n\n3\n00:00:05,000 --> 00:00:06,000\n<i>a</i> < b";
  expect(parseCaptionFile(file).cues).toEqual([
    { start: 1.5, end: 2, text: "Rock &amp; roll", settings: "" },
    { start: 5, end: 6, text: "<i>a</i> &lt; b", settings: "" },
  ]);
});

test("an error names the invalid line", () => {
  expect(detailOf("WEBVTT\n\n00:01.000 -> 00:02.000\nx")).toMatch(
    /^Line 4: expected a caption timing/,
  );
  expect(detailOf("WEBVTT\n\n00:00:02.000 --> 00:00:01.000\nx")).toBe(
    "Line 3: the caption ends before it starts.",
  );
  expect(detailOf("1\n00:99:00,000 --> 00:99:01,000\nx")).toMatch(
    /^Line 2: expected a caption timing/,
  );
  for (const empty of ["", "WEBVTT", "WEBVTT\n\nNOTE x", "WEBVTT\n\n00:01.000 --> 00:02.000\n"]) {
    expect(detailOf(empty)).toMatch(/no captions/);
  }
  expect(detailOf("<html><body>hello</body></html>")).toMatch(/^Line 1/);
});

test("a damaged cue is left out, and the others are kept", () => {
  const file =
    "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:05,000 --> 00:00:04,000\ntwo\n\n3\n00:00:06,000 --> 00:00:07,000\nthr\uFFFDe\n";
  const { cues, faults } = parseCaptionFile(file);
  expect(cues.map(({ text }) => text)).toEqual(["one"]);
  expect(faults).toEqual([
    "Line 6: the caption ends before it starts.",
    "Line 10: the caption has damaged characters.",
  ]);
});

test("SubRip is written without WebVTT-only features", () => {
  const { cues } = readCues(
    "WEBVTT\n\n00:01.000 --> 00:02.500 align:start\n<v Ann>Rock &amp; <i>roll</i></v>\n1 &lt; 2\n",
  );
  const file = writeSubRip(cues);
  expect(file).toBe("1\n00:00:01,000 --> 00:00:02,500\nRock & <i>roll</i>\n1 < 2\n");
  expect(readCues(file).cues[0]).toMatchObject({ start: 1, end: 2.5 });
});

test("scripts, styles and event handlers are removed", () => {
  expect(cleanCueText("<script>alert(1)</script>")).toBe("alert(1)");
  expect(cleanCueText("<img src=x onerror=alert(1)>hi")).toBe("hi");
  expect(cleanCueText("<b onclick=x>hi</b>")).toBe("hi</b>");
  expect(cleanCueText("<v onclick=x>hi")).toBe("hi");
  expect(cleanCueText("<v.loud Ann Lee>hi")).toBe("<v.loud Ann Lee>hi");
  expect(cleanCueText("<<script>a</script>&lt;b")).toBe("&lt;a&lt;b");
  expect(cleanCueText("a --> b")).toBe("a --&gt; b");
});

test("any text is written as WebVTT that parses to the same cues and contains only WebVTT tags", () => {
  const markup = fc.constantFrom(
    "<b>",
    "</b>",
    "<script>",
    "<v A & B>",
    "&",
    "&amp;",
    "<",
    ">",
    "-->",
    "\n",
    "{\\an8}",
    "<img src=x>",
    "<00:01.000>",
  );
  const text = fc
    .array(fc.oneof(markup, fc.string({ unit: "binary" })))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(10_000_000), fc.integer({ min: 1, max: 10_000 }), text), {
        minLength: 1,
      }),
      (raw) => {
        const cues = raw
          .map(([start, length, content]) => ({
            start: start / 1000,
            end: (start + length) / 1000,
            text: cleanCueText(content).replaceAll(/\s+/g, " ").trim(),
            settings: "",
          }))
          .filter((cue) => cue.text !== "");
        if (cues.length === 0) return;
        const file = writeWebVtt(cues);
        expect(parseCaptionFile(file).cues).toEqual(cues);
        for (const cue of cues) {
          for (const [tag] of cue.text.matchAll(/<[^>]*>/g))
            expect(tag).toMatch(/^<\/?(?:[biucv]|lang|ruby|rt)\b[^=]*>$|^<[\d:.]+>$/);
          expect(plainText(cue)).not.toMatch(/<\w+>/);
        }
      },
    ),
  );
});

const TIMES = "00:01.000 --> 00:02.000";
/** Milliseconds that it takes to read `file` once. */
function readingTime(file: string): number {
  const started = performance.now();
  for (const cue of readCues(file).cues) plainText(cue);
  return performance.now() - started;
}

/**
 * How many times longer a file of 400,000 characters takes than one of 50,000: the minimum of up to fifty runs each,
 * since other load only makes a run longer. Linear time gives about 8, quadratic time 64.
 */
function growthOf(fileOf: (size: number) => string, limit: number): number {
  const [small, large] = [fileOf(50_000), fileOf(400_000)];
  let [fastSmall, fastLarge] = [Infinity, Infinity];
  for (let turn = 0; turn < 50; turn += 1) {
    fastSmall = Math.min(fastSmall, readingTime(small));
    fastLarge = Math.min(fastLarge, readingTime(large));
    // A time below a millisecond is noise.
    if (turn >= 2 && fastLarge / Math.max(1, fastSmall) < limit) break;
  }
  return fastLarge / Math.max(1, fastSmall);
}
const cueOf = (fragment: string) => (size: number) =>
  `${TIMES}\n${fragment.repeat(size / fragment.length)}`;

test.each<[string, (size: number) => string]>([
  ["unclosed positions", cueOf("{\\")],
  ["positions closed by one brace", (size) => `${cueOf("{\\")(size)}}`],
  ["unclosed tags", cueOf("<v.a ")],
  ["incomplete entities", cueOf("&#1")],
  ["a word after an ampersand", (size) => `${TIMES}\n&${"a".repeat(size)}`],
  ["classes of a tag", (size) => `${TIMES}\n<c${".a".repeat(size / 2)}!>`],
  ["blanks before a separator", (size) => `${TIMES}${" ".repeat(size)}x\u2028x\ny`],
  ["settings", (size) => `${TIMES} ${"position:1".repeat(size / 10)}\ny`],
  ["blanks without times", (size) => `${" ".repeat(size)}-->${" ".repeat(size)}`],
])("the time to read %s grows no faster than the size of the file", (_, fileOf) => {
  expect(growthOf(fileOf, 30)).toBeLessThan(30);
  // The largest accepted file is read to its end.
  readingTime(fileOf(MAX_CAPTION_BYTES));
});
