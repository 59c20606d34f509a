import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  isInstalled,
  NATIVE_PLAYERS,
  type NativePlayback,
} from "../support/conformance/native-players.ts";
import {
  serveStreams,
  STREAMS,
  type StreamName,
  type StreamServer,
} from "../support/conformance/stream-server.ts";

const { folder, publication } = inject("video");
const { grid } = publication;
const frameSeconds = grid.frameRate.den / grid.frameRate.num;
const duration = grid.totalFrames * frameSeconds;
/** Players count the delay of B-frames into the end, or leave the last frame out of it. */
const TOLERANCE_SECONDS = 3 * frameSeconds;

/** What a player cannot do for a reason of its own. */
const LIMITS: Record<string, string> = {
  "GStreamer: HLS, encrypted":
    "its hlsdemux decrypts the init segment, which lies before EXT-X-KEY in the clear",
  "VLC: HLS, while playable":
    "without a clock, as in this test, it does not wait for the playlist to grow",
};

const rows: Record<string, string | number>[] = [];
let server: StreamServer;
beforeAll(async () => {
  server = await serveStreams(folder, publication);
});
afterAll(() => {
  server.close();
  console.table(rows);
});

function addRow(player: string, stream: string, result: string, playback?: NativePlayback): void {
  rows.push({
    player,
    stream,
    frames: playback ? `${playback.frames}/${grid.totalFrames}` : "",
    video: playback?.videoEnd.toFixed(3) ?? "",
    audio: playback?.audioEnd?.toFixed(3) ?? "",
    "video late by": playback?.videoDelay?.toFixed(3) ?? "",
    result,
  });
}

const installed = new Map(
  await Promise.all(
    NATIVE_PLAYERS.map(async (player) => [player, await isInstalled(player)] as const),
  ),
);
const cases = NATIVE_PLAYERS.flatMap((player) =>
  (Object.keys(STREAMS) as StreamName[]).map((stream) => ({
    player,
    stream,
    name: player.name,
    limit: LIMITS[`${player.name}: ${stream}`],
  })),
);

test.for(cases)("$name plays $stream to its end", async ({ player, stream, limit }, { skip }) => {
  if (!installed.get(player)) {
    addRow(player.name, stream, `skipped: apt-get install ${player.debianPackage}`);
    skip(`${player.name} is not installed: apt-get install ${player.debianPackage}`);
  }
  server.restart();
  const play = player.play(`${server.base}/${STREAMS[stream]}`);
  if (limit !== undefined) {
    await play.then(
      (playback) => addRow(player.name, stream, limit, playback),
      () => addRow(player.name, stream, limit),
    );
    skip(limit);
  }
  const playback = await play;
  addRow(player.name, stream, "plays", playback);
  // Players built on ffmpeg take an open playlist for a live stream and begin three segments before its end.
  if (stream !== "HLS, while playable")
    expect(playback.frames).toBeGreaterThanOrEqual(grid.totalFrames - 1);
  expect(Math.abs(playback.videoEnd - duration)).toBeLessThan(TOLERANCE_SECONDS);
  if (playback.audioEnd !== undefined)
    expect(Math.abs(playback.audioEnd - duration)).toBeLessThan(TOLERANCE_SECONDS);
  if (stream === "HLS, encrypted") expect(server.requests.key).toBeGreaterThan(0);
});
