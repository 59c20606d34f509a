import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { Publication } from "../contract/publication.ts";

import { drain } from "./drain.ts";
import {
  jobsWith,
  queuedVideo,
  ScriptedTranscoder,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
} from "./jobs.fixture.ts";

beforeEach(stopEverything);
const never = () => Promise.reject(new Error("no other consumer is needed"));

test("one ticket takes a video from its plan to ready", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder();
  await drain(jobsWith(transcoder), never);

  // The ticket after the plan may have had the Worker's own consumer do the `finish`.
  await vi.waitFor(async () => expect((await videoRow(id)).state).toBe("ready"));
  const video = await videoRow(id);
  expect(video).toMatchObject({
    duration: 16,
    width: 1280,
    height: 720,
    hdr: false,
    publication: 1,
    errorCode: null,
  });
  expect(video.publishedAt).not.toBeNull();
  const images = await taskRow(id, "images");
  expect(video.posterPath).toBe(`files/${images.id}.1/poster.jpg`);
  expect(await env.MEDIA.head(`${id}/1/${video.posterPath}`)).not.toBeNull();
  for (const task of await taskRows(id))
    expect(task).toMatchObject({ state: "done", attempt: 1, progress: 1, runner: null });

  const index = await env.MEDIA.get(`${id}/1/p1/index.json`);
  const publication = Publication.parse(await index?.json());
  expect(
    publication.renditions.map(({ rendition, outputs }) => [
      rendition.id,
      outputs.map(({ folder }) => folder),
    ]),
  ).toEqual([
    ["h264-360", ["h264-360/0.1", "h264-360/2.1"]],
    ["h264-720", ["h264-720/0.1", "h264-720/2.1"]],
    ["audio-0", ["audio-0/0.1"]],
  ]);
  expect(await env.MEDIA.head(`${id}/1/p1/master.m3u8`)).not.toBeNull();
  expect(await env.MEDIA.head(`${id}/1/h264-720/2.1/00003.m4s`)).not.toBeNull();
});
