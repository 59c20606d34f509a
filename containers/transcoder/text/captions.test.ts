import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAX_CAPTION_BYTES } from "../../../workers/domain/cues.ts";
import { type Bench, startBench } from "../../../tests/support/transcoder/bench.ts";
import { type EncodedVideo, film, H264 } from "../../../tests/support/transcoder/video.ts";
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

const PICTURE = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=4"];

const captionsOf = (done: EncodedVideo) => {
  const captions = done.results["captions"];
  if (captions?.outcome.type !== "done" || captions.outcome.result.kind !== "captions")
    throw new Error("no captions");
  const folder = join(bench.folder, captions.outputs["files"] ?? "");
  return {
    tracks: captions.outcome.result.tracks,
    read: (file: string) => readFile(join(folder, file), "utf8"),
  };
};

it.each<[string, string[], string[], string[], string[]?]>([
  ["subtitles.mkv", ["srt", "ass", "webvtt"], ["eng", "deu", "fra"], ["en", "de", "fr"]],
  ["subtitles.mp4", ["mov_text"], ["spa"], ["es"]],
  // These are remuxed: they know no duration.
  ["live.mkv", ["srt", "ass"], ["eng", "deu"], ["en", "de"], ["-live", "1"]],
])(
  "the text tracks of %s become WebVTT, each with its language",
  async (name, codecs, tags, languages, options = []) => {
    const text = join(bench.folder, `${name}.srt`);
    await writeFile(text, SRT);
    const done = await film(bench, name, [
      ...PICTURE,
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

/** A file of SubRip in the bench's folder, as an input of ffmpeg. */
const subtitles = async (name: string, ...texts: string[]): Promise<string[]> => {
  const file = join(bench.folder, name);
  const cues = texts.map((text, index) => {
    const start = `00:00:01,${String(index).padStart(3, "0")}`;
    return `${index + 1}\n${start} --> 00:00:02,000\n${text}\n`;
  });
  await writeFile(file, cues.join("\n"));
  return ["-i", file];
};

it("what is served of embedded captions is as clean as of uploaded ones", async () => {
  const done = await film(bench, "unclean.mkv", [
    ...[...PICTURE, ...(await subtitles("unclean.srt", "R&B: 5 < 6", "<u>x</u> --> y"))],
    ...["-map", "0", "-map", "1", "-c:s", "srt", ...H264],
  ]);
  const { tracks, read } = captionsOf(done);
  expect(tracks).toMatchObject([{ language: "und", cues: 2 }]);
  const vtt = await read("und.vtt");
  expect(vtt).toContain("\nR&amp;B: 5 &lt; 6\n");
  expect(vtt).toContain("\n<u>x</u> --&gt; y\n");
});

it("a stream that is too large to be captions is left out, and the others are not", async () => {
  const flood = "x".repeat(4000);
  const floods = Array.from({ length: MAX_CAPTION_BYTES / flood.length + 1 }, () => flood);
  const done = await film(bench, "flood.mkv", [
    ...[...PICTURE, ...(await subtitles("flood.srt", ...floods))],
    ...(await subtitles("modest.srt", "modest")),
    ...["-map", "0", "-map", "1", "-map", "2", "-c:s", "srt", ...H264],
    ...["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=deu"],
  ]);
  expect(captionsOf(done).tracks).toMatchObject([{ language: "de", cues: 1 }]);
});

it("of two streams of a language the one for foreign words only gives way", async () => {
  const done = await film(bench, "forced.mkv", [
    ...[...PICTURE, ...(await subtitles("forced.srt", "sign", "song"))],
    ...(await subtitles("full.srt", "every word")),
    ...["-map", "0", "-map", "1", "-map", "2", "-c:s", "srt", ...H264],
    ...["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=eng"],
    ...["-disposition:s:0", "+default+forced", "-disposition:s:1", "0"],
  ]);
  const { tracks, read } = captionsOf(done);
  expect(tracks).toMatchObject([{ language: "en", cues: 1 }]);
  expect(await read("en.vtt")).toContain("every word");
});

it.each([
  ["the first of equals", [900, 1000], 0],
  ["the full one after signs that nobody has marked", [40, 1000], 1],
  ["the plain one before one for the deaf", [900, 1400], 0],
])("the stream that is served is %s", (_, cues, chosen) => {
  const streams = cues.map((count, index) => ({ index, cues: count, isForced: false }));
  expect(chooseStream(streams)?.index).toBe(chosen);
});
