import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { probeFile } from "../support/transcoder/bench.ts";
import { ApiClient } from "../../scripts/api-client.ts";
import { Playback } from "../../workers/contract/playback.ts";
import { publishVideo } from "../../scripts/product/published-video.ts";

const origin = inject("origin");
const POLL_OPTIONS = { timeout: 300_000, interval: 500 };
/** Frames of the video that `publishVideo` uploads. */
const FRAME_COUNT = 240;
const CODECS = { m4a: ["aac"], mp4: ["h264", "aac"], webm: ["vp9", "opus"] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-downloads-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("downloads are created when the creator turns them on, and deleted when they are turned off", async () => {
  const video = await publishVideo(origin, folder, "Lamps to take along");
  const api = new ApiClient(origin);
  await api.signIn(video.account);
  const playback = async () =>
    Playback.parse(await api.call("POST", `/v1/videos/${video.id}/playback`, {}));
  expect((await playback()).downloads).toEqual([]);

  await api.call("PATCH", `/v1/videos/${video.id}`, { downloadsEnabled: true });
  await vi.waitUntil(async () => (await playback()).downloads.length === 3, POLL_OPTIONS);
  for (const { format, url, size } of (await playback()).downloads) {
    const file = join(folder, `download.${format}`);
    const bytes = Buffer.from(await (await fetch(new URL(url, origin))).arrayBuffer());
    expect([format, bytes.length]).toEqual([format, size]);
    await writeFile(file, bytes);
    const { streams, packets } = await probeFile(file);
    expect(streams.map((stream) => stream["codec_name"])).toEqual(CODECS[format]);
    const frames = packets.filter(({ stream }) => streams[stream]?.["codec_type"] === "video");
    expect([format, frames.length]).toEqual([format, format === "m4a" ? 0 : FRAME_COUNT]);
  }
  const multivariantPlaylist = await (await fetch(new URL((await playback()).hls, origin))).text();
  expect(multivariantPlaylist).not.toMatch(/vp09|opus/i);

  await api.call("PATCH", `/v1/videos/${video.id}`, { downloadsEnabled: false });
  await vi.waitUntil(async () => (await playback()).downloads.length === 0, POLL_OPTIONS);
});
