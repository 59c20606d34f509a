import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test, type TestContext } from "vitest";
import { clipsOf } from "../../workers/domain/chapters.ts";
import type { Outcome } from "../support/conformance/browser-players.ts";
import { CHAPTERS, encodeVideoFile } from "../support/conformance/encode-video.ts";
import { STREAMS } from "../support/conformance/stream-server.ts";
import {
  browserFaults,
  type BrowserPlayer,
  LIMITS,
  openStage,
  type Stage,
  streamsOf,
} from "../support/conformance/trials.ts";

const { folder, publication } = inject("video");
const NO_FAULTS = { playback: [], captions: [], audio: [] };

let stage: Stage;
const rows: Record<string, string>[] = [];

beforeAll(async () => {
  stage = await openStage(folder, publication);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  console.table(rows);
});

const cases = (["Hls", "Shaka", "DashJs", "VideoJs"] as BrowserPlayer[]).flatMap((player) =>
  streamsOf(player).map((stream) => ({ player, stream, limit: LIMITS[`${player}: ${stream}`] })),
);

// Players run in real time, several beside each other. This one also encodes, so it begins first.
test.concurrent("hls.js plays a video to its end if one frame remains after the last whole segment", async () => {
  const short = await mkdtemp(join(tmpdir(), "kinora-short-"));
  try {
    // Two segments of two seconds, and one more frame.
    const encoded = await encodeVideoFile(short, { seconds: 4.02, secondCodec: "none" });
    expect(encoded.grid.totalFrames).toBe(121);
    await using shortStage = await openStage(short, encoded);
    const { result } = await shortStage.call<Outcome>("play", "Hls", STREAMS.HLS);
    expect(browserFaults(result, encoded, "HLS").playback).toEqual([]);
  } finally {
    await rm(short, { recursive: true });
  }
});

async function plays(
  { player, stream, limit }: (typeof cases)[number],
  { skip }: Pick<TestContext, "skip">,
): Promise<void> {
  if (limit !== undefined) {
    rows.push({ player, stream, result: limit });
    skip(limit);
  }
  const { result: outcome, requests } = await stage.call<Outcome>("play", player, STREAMS[stream]);
  const faults = browserFaults(outcome, publication, stream);
  const [range] = outcome.buffered;
  rows.push({
    player,
    stream,
    frames: `${outcome.frames}/${publication.grid.totalFrames}`,
    buffered: range?.map((seconds) => seconds.toFixed(3)).join("-") ?? "",
    audio: outcome.audio.join(),
    captions: outcome.cues.join(),
    result: Object.values(faults).flat().join() || "plays",
  });
  expect(faults).toEqual(NO_FAULTS);
  // A growing playlist has no chapters (docs/decisions/740-chapters-of-creators.md).
  if (player === "Hls" && stream !== "HLS, while playable")
    expect(outcome.chapters).toEqual(
      clipsOf(CHAPTERS, publication.duration).map(({ title, start, end }) => ({
        title,
        start: expect.closeTo(start, 2) as number,
        duration: expect.closeTo(end - start, 2) as number,
      })),
    );
  if (stream === "HLS, encrypted") expect(requests.key).toBeGreaterThan(0);
  if (stream === "HLS, while playable") expect(requests.live).toBeGreaterThan(2);
}

const isOpen = ({ stream }: (typeof cases)[number]): boolean => stream === "HLS, while playable";
test.concurrent.for(cases.filter((one) => !isOpen(one)))(
  "$player plays $stream to its end, without an error or a gap, with captions and both audio tracks",
  plays,
);
test.concurrent.each([
  ["Hls", "p1/multivariant.m3u8"],
  ["Shaka", "p1/multivariant.m3u8"],
  ["Shaka", "p1/manifest.mpd"],
] as const)(
  "in %s of %s every rendition has both audio tracks, and switching renditions keeps the language",
  async (player, path) => {
    const heights = publication.renditions.flatMap(({ rendition }) =>
      rendition.type === "video" && (player === "Hls" || rendition.codec === "h264")
        ? [rendition.height]
        : [],
    );
    const { result: reports } = await stage.call<string[]>("switch", player, path);
    expect(new Set(reports.map((line) => Number(line.split(" ")[0])))).toEqual(new Set(heights));
    expect(new Set(reports.map((line) => line.slice(line.indexOf(" "))))).toEqual(
      new Set([" de,en de"]),
    );
  },
);

const secondCodec = publication.renditions.find(({ rendition }) =>
  ["av1", "vp9"].includes(rendition.codec),
);

const preferences = ["p1/multivariant.m3u8", "p1/manifest.mpd"].flatMap((path) =>
  ["avc1", secondCodec?.outputs[0]?.codecs.split(".")[0] ?? ""].map((codec) => [codec, path]),
);

test.concurrent.each(preferences)(
  "%s of %s plays to its end when the player prefers it",
  async (codec, path) => {
    const { result } = await stage.call<Outcome>("play", "Shaka", path, codec);
    expect(browserFaults(result, publication, "HLS").playback).toEqual([]);
    expect(result.codec.split(".")[0]).toBe(codec);
  },
);

// Alone: beside others on a busy computer, hls.js was seen to report an append without progress.
test.for(cases.filter(isOpen))(
  "$player plays $stream to its end, without an error or a gap, with captions and both audio tracks",
  plays,
);
