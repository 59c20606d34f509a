import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, startBench } from "../testing/bench.ts";
import { film, H264 } from "../testing/film.ts";

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
const CUES = ["00:00.500 --> 00:01.250", "00:02.000 --> 00:02.900"];

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
      ...["-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=4"],
      ...codecs.flatMap(() => ["-i", text]),
      ...["-map", "0", ...codecs.flatMap((_, index) => ["-map", String(index + 1)])],
      ...codecs.flatMap((codec, index) => [`-c:s:${index}`, codec]),
      ...tags.flatMap((tag, index) => [`-metadata:s:s:${index}`, `language=${tag}`]),
      ...H264,
      ...options,
    ]);
    const captions = done.results["captions"];
    if (captions?.outcome.type !== "done" || captions.outcome.result.kind !== "captions")
      throw new Error("no captions");
    const { tracks } = captions.outcome.result;
    expect(tracks).toMatchObject(languages.map((language) => ({ language, cues: 2 })));
    for (const { file } of tracks) {
      const vtt = await readFile(join(bench.folder, captions.outputs["files"] ?? "", file), "utf8");
      expect(vtt).toMatch(/^WEBVTT\n/);
      expect(vtt.match(/^[\d:.]+ --> [\d:.]+/gm)).toEqual(CUES);
      expect(vtt).toContain("Grüße, <i>Welt</i>");
      expect(vtt).toMatch(/Two lines,\nhere/);
    }
  },
);
