import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_CAPTION_BYTES } from "../../../workers/domain/captions/cues.ts";
import { ENCODED_CAPTIONS, encodeText } from "../../../tests/support/encoded-captions.ts";
import { type Bench, startBench } from "../../../tests/support/transcoder/bench.ts";
import {
  type EncodedVideo,
  H264,
  transcodeGenerated,
} from "../../../tests/support/transcoder/video.ts";
import { chooseStream } from "./captions.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const SRT = `1
00:00:00,500 --> 00:00:01,250
Grüße, <i>Welt</i>

2
00:00:02,000 --> 00:00:02,900
Two lines,
here
`;
const CUES = ["00:00:00.500 --> 00:00:01.250", "00:00:02.000 --> 00:00:02.900"];

const VIDEO = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=4"];

/** Plans a generated source and extracts its captions. */
function extract(
  name: string,
  args: readonly string[],
  change?: (bytes: Buffer) => Buffer,
): Promise<EncodedVideo> {
  return transcodeGenerated(bench, name, args, change, (kind) => kind === "captions");
}

function captionsOf(done: EncodedVideo) {
  const captions = done.results["captions"];
  if (captions?.outcome.type !== "done" || captions.outcome.result.kind !== "captions")
    throw new Error("no captions");
  const folder = join(bench.folder, captions.outputs["files"] ?? "");
  return {
    tracks: captions.outcome.result.tracks,
    notices: captions.outcome.result.notices,
    read: (file: string) => readFile(join(folder, file), "utf8"),
  };
}

it.each<[string, string[], string[], string[], string[]?]>([
  ["subtitles.mkv", ["srt", "ass", "webvtt"], ["eng", "deu", "fra"], ["en", "de", "fr"]],
  ["subtitles.mp4", ["mov_text"], ["spa"], ["es"]],
  // Has no duration, so it is remuxed first.
  ["live.mkv", ["srt", "ass"], ["eng", "deu"], ["en", "de"], ["-live", "1"]],
])(
  "the caption tracks of %s become WebVTT, each with its language",
  async (name, codecs, tags, languages, options = []) => {
    const text = join(bench.folder, `${name}.srt`);
    await writeFile(text, SRT);
    const done = await extract(name, [
      ...VIDEO,
      ...codecs.flatMap(() => ["-i", text]),
      ...["-map", "0", ...codecs.flatMap((_, index) => ["-map", String(index + 1)])],
      ...codecs.flatMap((codec, index) => [`-c:s:${index}`, codec]),
      ...tags.flatMap((tag, index) => [`-metadata:s:s:${index}`, `language=${tag}`]),
      ...H264,
      ...options,
    ]);
    const { tracks, read } = captionsOf(done);
    expect(tracks).toMatchObject(languages.map((language) => ({ language, cues: 2 })));
    for (const { file } of tracks) {
      const vtt = await read(file);
      expect(vtt).toMatch(/^WEBVTT\n/);
      expect(vtt.match(/^[\d:.]+ --> [\d:.]+/gm)).toEqual(CUES);
      expect(vtt).toContain("Grüße, <i>Welt</i>");
      expect(vtt).toMatch(/Two lines,\nhere/);
    }
  },
);

/** Writes a SubRip file and returns it as an input of ffmpeg. */
async function subRip(name: string, ...texts: string[]): Promise<string[]> {
  const file = join(bench.folder, name);
  const cues = texts.map((text, index) => {
    const start = `00:00:01,${String(index).padStart(3, "0")}`;
    return `${index + 1}\n${start} --> 00:00:02,000\n${text}\n`;
  });
  await writeFile(file, cues.join("\n"));
  return ["-i", file];
}

it("embedded captions are sanitized like uploaded ones", async () => {
  const done = await extract("unclean.mkv", [
    ...[...VIDEO, ...(await subRip("unclean.srt", "R&B: 5 < 6", "<u>x</u> --> y"))],
    ...["-map", "0", "-map", "1", "-c:s", "srt", ...H264],
  ]);
  const { tracks, read } = captionsOf(done);
  expect(tracks).toMatchObject([{ language: "und", cues: 2 }]);
  const vtt = await read("und.vtt");
  expect(vtt).toContain("\nR&amp;B: 5 &lt; 6\n");
  expect(vtt).toContain("\n<u>x</u> --&gt; y\n");
});

it("a caption stream that is too large is left out, and the others are kept", async () => {
  const flood = "x".repeat(4000);
  const floods = Array.from({ length: MAX_CAPTION_BYTES / flood.length + 1 }, () => flood);
  const done = await extract("flood.mkv", [
    ...[...VIDEO, ...(await subRip("flood.srt", ...floods))],
    ...(await subRip("modest.srt", "modest")),
    ...["-map", "0", "-map", "1", "-map", "2", "-c:s", "srt", ...H264],
    ...["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=deu"],
  ]);
  expect(captionsOf(done).tracks).toMatchObject([{ language: "de", cues: 1 }]);
});

it("forced captions and captions for the hard of hearing become tracks beside the full one", async () => {
  const done = await extract("kinds.mkv", [
    ...[...VIDEO, ...(await subRip("forced.srt", "sign", "song"))],
    ...[...(await subRip("full.srt", "every word")), ...(await subRip("sdh.srt", "[music]"))],
    ...["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-c:s", "srt", ...H264],
    ...[0, 1, 2].flatMap((stream) => [`-metadata:s:s:${stream}`, "language=eng"]),
    ...["-metadata:s:s:2", "title=English SDH", "-disposition:s:0", "+default+forced"],
    ...["-disposition:s:1", "0", "-disposition:s:2", "0"],
  ]);
  const { tracks, read } = captionsOf(done);
  expect(tracks).toMatchObject([
    { language: "en-x-forced", name: "English (forced)", cues: 2 },
    { language: "en", name: "English", cues: 1 },
    { language: "en-x-captions", name: "English SDH", cues: 1 },
  ]);
  expect(await read("en.vtt")).toContain("every word");
  expect(await read("en-x-captions.vtt")).toContain("[music]");
});

it("several full streams in one language become tracks with their names in the file", async () => {
  const done = await extract("several.mkv", [
    ...[...VIDEO, ...(await subRip("signs.srt", "sign"))],
    ...[...(await subRip("words.srt", "every word", "of it", "in full"))],
    ...[...(await subRip("commentary.srt", "we shot", "this in", "the rain"))],
    ...[...(await subRip("untitled.srt", "every word", "once more", "untitled"))],
    ...[0, 1, 2, 3, 4, 5].flatMap((input) => ["-map", String(Math.min(input, 4))]),
    ...["-c:s", "srt", "-c:s:4", "ass", ...H264],
    ...[0, 1, 2, 3, 4].flatMap((stream) => [`-metadata:s:s:${stream}`, "language=eng"]),
    ...["-metadata:s:s:0", "title=Signs & Songs", "-metadata:s:s:2", "title=Commentary"],
  ]);
  const { tracks, read } = captionsOf(done);
  // The last stream has the same text as the previous one, in another format.
  expect(tracks).toMatchObject([
    { language: "en", name: "English", cues: 3 },
    { language: "en-x-2", name: "Signs & Songs", cues: 1 },
    { language: "en-x-3", name: "Commentary", cues: 3 },
    { language: "en-x-4", name: "English (2)", cues: 3 },
  ]);
  expect(await read("en.vtt")).toContain("of it");
  expect(await read("en-x-3.vtt")).toContain("the rain");
});

/** "Привет, как у тебя дела?" in Windows-1251. */
const CP1251 = Buffer.from("cff0e8e2e5f22c20eae0ea20f320f2e5e1ff20e4e5ebe03f", "hex");
const RUSSIAN = "Привет, как у тебя дела?";
/** Placeholders that are replaced by other bytes of the same length. */
const ASCII = "x".repeat(CP1251.length);

function replaceAll(file: Buffer, text: string, bytes: Buffer): Buffer {
  const result = Buffer.from(file);
  for (let at = result.indexOf(text); at >= 0; at = result.indexOf(text, at))
    bytes.copy(result, at);
  return result;
}

it.each(["srt", "ass"])(
  "embedded captions (%s) in Windows-1251 are decoded, and other tracks are kept",
  async (codec) => {
    const done = await extract(
      `cp1251-${codec}.mkv`,
      [
        ...[...VIDEO, ...(await subRip("russian.srt", ASCII, ASCII))],
        ...(await subRip("english.srt", "Hello")),
        ...["-map", "0", "-map", "1", "-map", "2", "-c:s", codec, ...H264],
        ...["-metadata:s:s:0", "language=rus", "-metadata:s:s:1", "language=eng"],
      ],
      (file) => replaceAll(file, ASCII, CP1251),
    );
    const { tracks, read } = captionsOf(done);
    expect(tracks).toMatchObject([
      { language: "ru", cues: 2 },
      { language: "en", cues: 1 },
    ]);
    expect(await read("ru.vtt")).toContain(RUSSIAN);
  },
);

describe("embedded captions in each encoding that is in use", () => {
  /** A language for each encoding, since there is one track per language. */
  const tags = "swe fin rus ukr ces pol fra ell tur heb ara lit tha jpn und zho yue kor".split(" ");
  const tracks = ENCODED_CAPTIONS.map(([encoding, , texts], at) => {
    const text = texts.join(" ");
    const bytes = Buffer.from(encodeText(text, encoding));
    const placeholder = String.fromCodePoint(97 + at).repeat(bytes.length);
    return { tag: tags[at] ?? "", text: text.replace("\uFEFF", ""), bytes, placeholder };
  });

  it.each([
    ["Matroska", "mkv", "srt"],
    ["MP4", "mp4", "mov_text"],
  ])("are decoded in %s", async (_, extension, codec) => {
    const inputs: string[] = [];
    for (const { tag, placeholder } of tracks)
      inputs.push(...(await subRip(`${tag}.${extension}.srt`, placeholder)));
    const done = await extract(
      `encodings.${extension}`,
      [
        ...[...VIDEO, ...inputs, "-map", "0", "-c:s", codec, ...H264],
        ...tracks.flatMap(({ tag }, at) => [
          ...["-map", String(at + 1), `-metadata:s:s:${at}`, `language=${tag}`],
        ]),
      ],
      (file) =>
        tracks.reduce((all, { placeholder, bytes }) => replaceAll(all, placeholder, bytes), file),
    );
    const { tracks: found, notices, read } = captionsOf(done);
    expect(notices).toBeUndefined();
    const texts = await Promise.all(
      found.map(async ({ language, file }) => [language, (await read(file)).split("\n")[3]]),
    );
    expect(texts).toEqual(tracks.map(({ tag, text }) => [new Intl.Locale(tag).baseName, text]));
  });
});

it("captions that are not text are left out, and the creator is told", async () => {
  const done = await extract(
    "noise.mkv",
    [
      ...[...VIDEO, ...(await subRip("noise.srt", ASCII)), ...(await subRip("good.srt", "Hello"))],
      ...["-map", "0", "-map", "1", "-map", "2", "-c:s", "srt", ...H264],
      ...["-metadata:s:s:0", "language=ger", "-metadata:s:s:1", "language=eng"],
    ],
    (file) => replaceAll(file, ASCII, Buffer.alloc(ASCII.length, "ff00fe0180", "hex")),
  );
  const { tracks, notices } = captionsOf(done);
  expect(tracks).toMatchObject([{ language: "en", cues: 1 }]);
  expect(notices).toEqual([{ code: "captions_unreadable", track: "Deutsch" }]);
});

it("damaged captions are left out, and the creator is told how many", async () => {
  const done = await extract(
    "one-damaged.mkv",
    [
      ...[...VIDEO, ...(await subRip("one-damaged.srt", RUSSIAN, RUSSIAN, ASCII))],
      ...["-map", "0", "-map", "1", "-c:s", "srt", ...H264, "-metadata:s:s:0", "language=rus"],
    ],
    (file) => replaceAll(file, ASCII, Buffer.from(`${"x".repeat(ASCII.length - 1)}\xff`, "latin1")),
  );
  const { tracks, notices } = captionsOf(done);
  expect(tracks).toMatchObject([{ language: "ru", cues: 2 }]);
  expect(notices).toEqual([{ code: "cues_dropped", track: "русский", count: 1 }]);
});

it.each([
  ["the first of streams of about the same length", [900, 1000], 0],
  ["the full one if a stream of signs is not marked as forced", [40, 1000], 1],
  ["the plain one rather than the one for the hard of hearing", [900, 1400], 0],
])("the chosen stream is %s", (_, cues, chosen) => {
  const streams = cues.map((count, index) => ({ index, cues: count, isForced: false }));
  expect(chooseStream(streams)?.index).toBe(chosen);
});
