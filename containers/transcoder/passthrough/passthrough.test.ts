import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  brightness,
  difference,
  generate,
  probeFile,
  shownFrame,
  quickTools,
  startBench,
} from "../../../tests/support/transcoder/bench.ts";
import { planSource, runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { type EncodedVideo, joinRendition } from "../../../tests/support/transcoder/video.ts";
import {
  frameHashes,
  noticeCodes,
  onlyVideo,
  packetHashes,
  PICTURE,
  RATE,
  SECONDS,
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
  bench = await startBench({ tools: quickTools });
});
afterAll(() => bench[Symbol.asyncDispose]());

describe("a web-ready source", () => {
  let file: string;
  let done: EncodedVideo;
  beforeAll(async () => {
    ({ file, done } = await transcodeSource(bench, "ready.mp4", [
      ...[...PICTURE, ...SOUND, ...WEB_VIDEO, ...WEB_AUDIO, "-movflags", "+faststart"],
    ]));
  }, 60_000);

  it("becomes the top rendition unchanged, frame by frame", async () => {
    expect(noticeCodes(done)).toEqual(["video_copied"]);
    const top = videoIds(done).at(-1) ?? "";
    expect(top).toBe("h264-360");
    const hashes = await frameHashes(await joinRendition(bench, done, top), "v");
    expect(hashes).toHaveLength(RATE * SECONDS);
    expect(hashes).toEqual(await frameHashes(file, "v"));
  });

  it("is cut at its keyframes, and so are the other renditions", async () => {
    const [lowest = "", top = ""] = videoIds(done);
    const starts = startsOf(done, top);
    expect(starts).toEqual([0, 2, 6, 9.2]);
    expect(startsOf(done, lowest)).toEqual(starts);
    const { packets } = await probeFile(await joinRendition(bench, done, lowest));
    expect(packets).toHaveLength(RATE * SECONDS);
  });

  it("keeps audio and video together", async () => {
    for (const id of videoIds(done)) {
      const { packets } = await probeFile(await joinRendition(bench, done, id));
      expect([id, Math.min(...packets.map(({ pts }) => pts))]).toEqual([id, 0]);
    }
    const output = done.tracks["audio-0"]?.outputs[0];
    expect((output?.startTicks ?? NaN) / (output?.timescale ?? NaN)).toBeLessThan(0.05);
  });
});

it("a frame has the same time in all renditions, even where two keyframes follow one another", async () => {
  // Neighbouring frames differ in brightness.
  const flicker = `eq=brightness=0.3*mod(n\\,9)/9:eval=frame`;
  const keys = ["-force_key_frames", "0,4,4.04,8,8.04"];
  const args = [...PICTURE, "-vf", flicker, ...WEB_VIDEO, ...keys, "-bf", "3"];
  const { file, done } = await transcodeSource(bench, "flicker.mp4", args, onlyVideo);
  expect(noticeCodes(done)).toEqual(["video_copied"]);
  const [lowest = ""] = videoIds(done);
  // The source is cut at the second keyframe of each pair: by decoding time, a seek might take it for the first one.
  expect(startsOf(done, lowest)).toEqual([0, 4.04, 8.04]);
  const right = await brightness(file);
  const shown = await brightness(await joinRendition(bench, done, lowest));
  expect(shown).toHaveLength(RATE * SECONDS);
  const wrong = shown.flatMap((value, at) => (Math.abs(value - (right[at] ?? 0)) < 4 ? [] : [at]));
  expect(wrong).toEqual([]);
}, 60_000);

it("a source is copied although sampling small frames would miss its detail, and its other renditions show the same", async () => {
  const args = [
    ...["-f", "lavfi", "-i", `testsrc2=size=1280x720:rate=${RATE}:duration=4`],
    ...["-vf", "noise=alls=6:allf=t", ...WEB_VIDEO, "-crf", "24"],
  ];
  const { file, done } = await transcodeSource(bench, "detail.mp4", args, onlyVideo);
  expect(noticeCodes(done)).toEqual(["video_copied"]);
  const ids = videoIds(done);
  // More than one rendition is encoded, so most of them are scaled from the largest one.
  expect(ids.length).toBeGreaterThan(2);
  const right = await shownFrame(file, 2.02, 64, 36);
  for (const id of ids) {
    const shown = await shownFrame(await joinRendition(bench, done, id), 2.02, 64, 36);
    expect(difference(shown, right)).toBeLessThan(12);
  }
}, 240_000);

it("a large source is encoded if its bit rate is higher than its content needs, even if it is acceptable for its size", async () => {
  const size = "size=1280x720";
  const file = join(bench.folder, "rich.mp4");
  await generate([
    ...["-f", "lavfi", "-i", `testsrc2=${size}:rate=${RATE}:duration=4`],
    ...[...WEB_VIDEO, "-crf", "20", file],
  ]);
  bench.storage.link("rich.mp4", file);
  const { outcome } = await planSource(
    bench.runner,
    bench.storage,
    "rich.mp4",
    SETTINGS_WITH_COPIES,
  );
  if (outcome.type === "failed" || outcome.result.kind !== "plan") throw new Error("no plan");
  const { notices, renditions } = outcome.result.plan;
  expect(notices).toMatchObject([{ code: "video_encoded", reason: "bitrate" }]);
  const top = renditions.filter((one) => one.type === "video" && one.codec === "h264").at(-1);
  const { streams } = await probeFile(file);
  const bitrate = Number(streams[0]?.["bit_rate"]);
  expect(top?.type === "video" && bitrate < top.maxrate * 1.3).toBe(true);
}, 240_000);

describe("audio whose loudness need not change", () => {
  it("is also copied and stays in sync", async () => {
    const { file, done } = await transcodeSource(
      bench,
      "loud.mp4",
      [...PICTURE, ...SOUND, ...WEB_VIDEO, ...WEB_AUDIO],
      (kind) => kind === "audio",
      { ...SETTINGS_WITH_COPIES, loudness: false },
    );
    expect(done.results["audio 0"]?.outcome).toMatchObject({
      result: { notices: [{ code: "audio_copied" }] },
    });
    const copied = await packetHashes(await joinRendition(bench, done, "audio-0"), "a");
    const own = await packetHashes(file, "a");
    // Leaves out the encoder's priming, which lies before the start of the video.
    expect(copied).toEqual(own.slice(1, 1 + copied.length));
    expect(copied.length).toBeGreaterThanOrEqual(Math.floor((SECONDS * 48_000) / 1024) - 1);
  });
});

describe.each([
  ["all frames depend on the first one", ["-g", "1000", "-force_key_frames", "0"], "key_frames"],
  [
    "groups of pictures are open",
    ["-x264opts", "open-gop=1:bframes=3", "-g", "50", "-flags", "-cgop", "-force_key_frames", "0"],
    "key_frames",
  ],
  ["it has 4:4:4", ["-pix_fmt", "yuv444p"], "codec"],
  ["it is interlaced", ["-flags", "+ildct+ilme+cgop"], "codec"],
  ["pixels are not square", ["-vf", "setsar=4/3"], "shape"],
  ["it has far too many bits", ["-crf", "1"], "bitrate"],
  [
    "frames are at odd times",
    ["-vf", "setpts=PTS+if(gt(N\\,100)\\,0.5/TB\\,0)", "-vsync", "2"],
    "frame_times",
  ],
] as const)("a source is encoded if %s", (what, options, reason) => {
  it("and the timeline shows the reason", async () => {
    const name = `${reason}-${what.length}.mp4`;
    const file = join(bench.folder, name);
    // Long enough for keyframes that are too far apart.
    await generate([...PICTURE, ...WEB_VIDEO, ...options, "-t", "7", file]);
    bench.storage.link(name, file);
    const { outcome } = await planSource(bench.runner, bench.storage, name, SETTINGS_WITH_COPIES);
    expect(outcome).toMatchObject({
      result: { plan: { notices: [{ code: "video_encoded", reason }] } },
    });
  });
});

it.each([
  ["the deployment declines", { passthrough: false }, undefined],
  ["the creator declines", { alwaysEncode: true }, [{ code: "video_encoded", reason: "chosen" }]],
])("a web-ready source is encoded if %s", async (_, change, notices) => {
  const settings = { ...SETTINGS_WITH_COPIES, ...change };
  const { outcome } = await planSource(bench.runner, bench.storage, "ready.mp4", settings);
  if (outcome.type === "failed" || outcome.result.kind !== "plan") throw new Error("no plan");
  expect(JSON.stringify(outcome.result.plan)).not.toContain("isCopy");
  if (notices === undefined) expect(outcome.result.plan.notices).toBeUndefined();
  else expect(outcome.result.plan.notices).toMatchObject(notices);
});

it("a download has the source's frames in one file", async () => {
  const { file, done } = await transcodeSource(
    bench,
    "download.mp4",
    [...PICTURE, ...WEB_VIDEO],
    onlyVideo,
  );
  const top = done.tracks[videoIds(done).at(-1) ?? ""];
  if (top === undefined) throw new Error("no top rendition");
  const inputs = Object.fromEntries([
    ["v/init", top.init],
    ...top.segments.map((path, index) => [`v/${index}`, path]),
  ]);
  const { outcome, outputs } = await runTask(bench.runner, bench.storage, inputs, {
    kind: "download",
    format: "mp4",
    title: "Web-ready",
    renditions: ["v"],
    limits: SETTINGS.limits,
  });
  expect(outcome).toMatchObject({ type: "done" });
  const download = join(bench.folder, outputs["files"] ?? "", "Web-ready.mp4");
  expect(await frameHashes(download, "v")).toEqual(await frameHashes(file, "v"));
});
