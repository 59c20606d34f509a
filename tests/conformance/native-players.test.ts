import { afterAll, expect, inject, test } from "vitest";
import {
  NATIVE_PLAYERS,
  type NativePlayback,
  versionOf,
} from "../support/conformance/native-players.ts";
import { serveStreams, STREAMS, type StreamName } from "../support/conformance/stream-server.ts";
import { LIMITS, nativeFaults } from "../support/conformance/trials.ts";

const { folder, publication } = inject("video");
const { grid } = publication;
const rows: Record<string, string | number>[] = [];
afterAll(() => console.table(rows));

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
    NATIVE_PLAYERS.map(async (player) => [player, (await versionOf(player)) !== null] as const),
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

// Most of the time is spent waiting until a playlist grows.
test.concurrent.for(cases)(
  "$name plays $stream to its end",
  async ({ player, stream, limit }, { skip }) => {
    if (!installed.get(player)) {
      addRow(player.name, stream, `skipped: apt-get install ${player.debianPackage}`);
      skip(`${player.name} is not installed: apt-get install ${player.debianPackage}`);
    }
    using server = await serveStreams(folder, publication);
    const play = player.play(`${server.base}/${STREAMS[stream]}`);
    if (limit !== undefined) {
      await play.then(
        (playback) => addRow(player.name, stream, limit, playback),
        () => addRow(player.name, stream, limit),
      );
      skip(limit);
    }
    const none = { playback: [], captions: [], audio: [] };
    const playback = await play;
    addRow(player.name, stream, "plays", playback);
    expect(nativeFaults(player, playback, publication, stream)).toEqual(none);
    if (stream === "HLS, encrypted") expect(server.requests.key).toBeGreaterThan(0);
  },
);
