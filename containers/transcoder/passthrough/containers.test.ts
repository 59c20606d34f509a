import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Bench,
  generate,
  probeFile,
  startBench,
  tools,
} from "../../../tests/support/transcoder/bench.ts";
import { planSource } from "../../../tests/support/transcoder/pipeline.ts";
import { joinRendition } from "../../../tests/support/transcoder/video.ts";
import {
  frameHashes,
  noticeCodes,
  onlyVideo,
  PICTURE,
  RATE,
  SETTINGS_WITH_COPIES,
  SOUND,
  startsOf,
  transcodeSource,
  videoIds,
  WEB_AUDIO,
  WEB_VIDEO,
} from "../../../tests/support/transcoder/web-ready.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const SHORT_SECONDS = 6;

it.each([
  ["fragments.mp4", ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]],
  ["matroska.mkv", []],
  ["transport.ts", []],
  ["flash.flv", []],
] as const)(
  "a web-ready source in a container without one index is copied: %s",
  async (name, options) => {
    const sound = [...WEB_AUDIO, "-ar", "44100"];
    const args = [...PICTURE, ...SOUND, ...WEB_VIDEO, ...sound, "-t", String(SHORT_SECONDS)];
    const { file, done } = await transcodeSource(bench, name, [...args, ...options], onlyVideo);
    expect(noticeCodes(done)).toEqual(["video_copied"]);
    const [lowest = "", top = ""] = videoIds(done);
    const copy = await joinRendition(bench, done, top);
    const hashes = await frameHashes(copy, "v");
    expect(hashes).toHaveLength(RATE * SHORT_SECONDS);
    expect(hashes).toEqual(await frameHashes(file, "v"));
    // Frame times are those of the source: an even grid from its first frame on.
    const { packets } = await probeFile(copy);
    const times = packets.map(({ pts }) => pts).toSorted((one, other) => one - other);
    const [first = NaN, second = NaN] = times;
    expect(first).toBe(0);
    expect(times).toEqual(times.map((_, frame) => frame * (second - first)));
    expect(startsOf(done, lowest)).toEqual(startsOf(done, top));
  },
);

it.each([
  ["captions, which MP4 might not store", "captioned.mkv"],
  ["a cover beside the video track", "covered.mkv"],
])("a source with %s is encoded directly, without a copy", async (_, name) => {
  const text = join(bench.folder, "line.srt");
  await writeFile(text, "1\n00:00:00,500 --> 00:00:01,000\nA line\n");
  const cover = join(bench.folder, "cover.png");
  await generate(["-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1", cover]);
  const more = name.startsWith("captioned")
    ? ["-i", text, ...WEB_VIDEO, "-c:s", "srt"]
    : [...WEB_VIDEO, "-attach", cover, "-metadata:s:t", "mimetype=image/png"];
  const file = join(bench.folder, name);
  await generate([...PICTURE, ...more, "-t", "4", file]);
  bench.storage.link(name, file);
  const { outcome, source } = await planSource(
    bench.runner,
    bench.storage,
    name,
    SETTINGS_WITH_COPIES,
  );
  expect(source).toBe(name);
  expect(outcome).toMatchObject({
    result: { plan: { notices: [{ code: "video_encoded", reason: "container" }] } },
  });
});

it("a copy whose frames differ from its source is deleted before the next one is made", async () => {
  const folder = bench.folder;
  const ffmpeg = join(folder, "ffmpeg-with-other-hashes");
  const script = `#!/bin/sh
case "$*" in *framemd5*) echo "0, 0, 0, 1, 1, $$" >&3; exit ;; esac
exec "${tools.ffmpeg}" "$@"
`;
  await writeFile(ffmpeg, script, { mode: 0o755 });
  await using other = await startBench({ slots: 1, tools: { ...tools, ffmpeg } });
  const file = join(folder, "doubtful.ts");
  await generate([...PICTURE, ...WEB_VIDEO, "-t", "2", file]);
  other.storage.link("doubtful.ts", file);
  const copies: string[][] = [];
  other.storage.waits = (line) =>
    /^PUT .*remuxed$/.test(line)
      ? readdir(other.folder, { recursive: true }).then((paths) =>
          copies.push(paths.flatMap((path) => /remux-[^/]+\/(.+)$/.exec(path)?.[1] ?? [])),
        )
      : undefined;
  const { outcome } = await planSource(
    other.runner,
    other.storage,
    "doubtful.ts",
    SETTINGS_WITH_COPIES,
  );
  expect(outcome).toMatchObject({ type: "done", result: { kind: "plan" } });
  expect(copies).toEqual([["matroska"]]);
});
