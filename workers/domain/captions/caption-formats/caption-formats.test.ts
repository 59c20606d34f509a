import fc from "fast-check";
import { expect, test } from "vitest";
import { captionFormatOf, parseCaptionFile } from "../caption-file.ts";
import { plainText } from "../cues.ts";

const shown = (file: string) => {
  const { format, cues, faults } = parseCaptionFile(file);
  return { format, faults, cues: cues.map(({ start, end, text }) => [start, end, text]) };
};

test("SBV is read as YouTube writes it", () => {
  const file =
    "0:00:01.000,0:00:03.500\r\nHello & welcome\r\nto the pier\r\n\r\n0:00:05.000,0:00:04.000\r\nbackwards\r\n\r\nno timing\r\n\r\n0:00:06.000,0:00:07.000\r\none[br]two\r\n";
  expect(shown(file)).toEqual({
    format: "sbv",
    cues: [
      [1, 3.5, "Hello &amp; welcome\nto the pier"],
      [6, 7, "one\ntwo"],
    ],
    faults: [
      "Line 5: the caption ends before it starts.",
      "Line 8: expected a caption timing such as 0:01:02.500,0:01:05.000.",
    ],
  });
});

const ASS = `[Script Info]
Title: x
[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:04.00,0:00:05.50,Default,,0,0,0,,Second, with a comma
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\an8\\i1}First{\\i0}\\Nline <script>\\hend
Dialogue: 0,0:00:06.00,0:00:07.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
Dialogue: 0,never,0:00:07.00,Default,,0,0,0,,lost
`;

test("ASS cues are sorted by time, without drawings and with italics", () => {
  expect(shown(ASS)).toEqual({
    format: "ass",
    cues: [
      [1, 3, "<i>First</i>\nline &lt;script&gt; end"],
      [4, 5.5, "Second, with a comma"],
    ],
    faults: ["Line 12: expected a start and an end such as 0:01:02.50,0:01:05.00."],
  });
});

const ttml = (body: string, attributes = "") =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ${attributes}>\n<body><div>\n${body}\n</div></body></tt>`;

test("TTML is read with clock times, offsets, line breaks, italics and timed spans", () => {
  const file = ttml(
    [
      '<p begin="00:00:01.500" end="00:00:03">One &amp; <span tts:fontStyle="italic">two</span><br/>three</p>',
      '<p begin="4s" dur="1500ms">later</p>',
      '<p begin="10s" end="20s"><span begin="1s" end="2s">eleven</span> <span begin="3s" end="4s">thirteen</span></p>',
      "<p>never</p>",
      '<p begin="7s" end="6s">backwards</p>',
    ].join("\n"),
  );
  expect(shown(file)).toEqual({
    format: "ttml",
    cues: [
      [1.5, 3, "One &amp; <i>two</i>\nthree"],
      [4, 5.5, "later"],
      [11, 12, "eleven"],
      [13, 14, "thirteen"],
    ],
    faults: [
      "Line 7: the caption has no valid start and end.",
      "Line 8: the caption ends before it starts.",
    ],
  });
});

test("TTML is read with frames, ticks, times of parent elements and its own namespace prefix", () => {
  const frames = ttml(
    '<p begin="00:00:01:12" end="00:00:02:00">f</p><p begin="25000000t" end="30000000t">t</p>',
    'ttp:frameRate="24" ttp:tickRate="10000000"',
  );
  expect(shown(frames).cues).toEqual([
    [1.5, 2, "f"],
    [2.5, 3, "t"],
  ]);
  const nested =
    '<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"><tt:body begin="10s"><tt:div begin="1s"><tt:p begin="1s" end="2s">x</tt:p></tt:div></tt:body></tt:tt>';
  expect(shown(nested).cues).toEqual([[12, 13, "x"]]);
  const sequence = ttml(
    '<p begin="0s" end="9s" timeContainer="seq"><span dur="2s">a</span><span begin="1s" dur="2s">b</span></p>',
  );
  expect(shown(sequence).cues).toEqual([
    [0, 2, "a"],
    [3, 5, "b"],
  ]);
});

test("malformed TTML keeps its captions and reports where it is malformed", () => {
  const file = ttml(
    '<p begin="1s" end="2s">good</p>\n<p begin="3s" end="4s">bad&nbsp;<b>tag</p>\n<p begin="5s" end="6s">good again</p>',
  );
  const { cues, faults } = shown(file);
  expect(cues).toEqual([
    [1, 2, "good"],
    [3, 4, "bad tag"],
    [5, 6, "good again"],
  ]);
  expect(faults).toEqual(["Line 5: the file is not well-formed XML here."]);
});

test("entities declared by a file are not expanded", () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE tt [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${ttml('<p begin="1s" end="2s">x&b;y</p>').slice(39)}`;
  expect(shown(bomb).cues.flat().join("")).not.toContain("aaaa");
});

test("caption formats are recognised by their contents", () => {
  expect(captionFormatOf("\uFEFFWEBVTT\n\n")).toBe("vtt");
  expect(captionFormatOf("1\n00:00:01,000 --> 00:00:02,000\nx")).toBe("srt");
  expect(captionFormatOf("0:00:01.000,0:00:02.000\nx")).toBe("sbv");
  expect(captionFormatOf(ASS)).toBe("ass");
  expect(captionFormatOf(ttml(""))).toBe("ttml");
  expect(() => parseCaptionFile(ttml(""))).toThrow("no captions");
});

const times = fc.tuple(fc.nat(86_399_000), fc.integer({ min: 1, max: 60_000 }));
const words = fc
  .string({
    unit: fc.constantFrom(...Array.from("abZé港م&<>'\",.!? -")),
    minLength: 1,
    maxLength: 40,
  })
  .filter((text) => /\p{L}/u.test(text));
const clockOf = (ms: number): string => {
  const part = (unit: number, size: number) =>
    String(Math.floor(ms / unit) % size).padStart(2, "0");
  const fraction = String(ms % 1000).padStart(3, "0");
  return `${Math.floor(ms / 3_600_000)}:${part(60_000, 60)}:${part(1000, 60)}.${fraction}`;
};
const inXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

test("any text survives a round trip through each format", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(times, words), { minLength: 1, maxLength: 8 }), (cues) => {
      const ordered = cues.toSorted(([[one]], [[other]]) => one - other);
      const files = {
        sbv: ordered.map(
          ([[start, length], text]) =>
            `${clockOf(start)},${clockOf(start + length)}\n${inXml(text)}\n`,
        ),
        ttml: [
          ttml(
            ordered
              .map(
                ([[start, length], text]) =>
                  `<p begin="${start}ms" end="${start + length}ms">${inXml(text)}</p>`,
              )
              .join("\n"),
          ),
        ],
      };
      for (const [format, blocks] of Object.entries(files)) {
        const read = parseCaptionFile(blocks.join("\n"));
        expect(read.format).toBe(format);
        expect(read.cues.map(plainText)).toEqual(
          ordered.map(([, text]) => text.replaceAll(/\s+/g, " ").trim()),
        );
        expect(read.cues.map(({ start }) => Math.round(start * 1000))).toEqual(
          ordered.map(([[start]]) => start),
        );
      }
    }),
    { numRuns: 50 },
  );
});

test("no input makes a reader throw", () => {
  const pieces = fc.constantFrom(
    "<tt>",
    "<p begin='1s' end='2s'>",
    "</p>",
    "<br/>",
    "<!--",
    "]]>",
    "&",
    "[Events]\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,",
    "{\\i1}",
    "{\\p1}",
    "0:00:01.000,0:00:02.000\n",
    "\n\n",
    "text",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (parts) => {
      const file = parts.join("");
      try {
        for (const { start, end } of parseCaptionFile(file).cues)
          expect(end).toBeGreaterThan(start);
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_captions" });
      }
    }),
    { numRuns: 200 },
  );
});
