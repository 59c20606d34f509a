import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import { queuedVideo, videoRow, work } from "../../../tests/support/worker/transcoding.ts";
import { call, newAccount } from "../../../tests/support/worker/api.ts";
import { examplePlan } from "../../../tests/support/worker/plan.ts";
import type { VideoChapters } from "../../contract/chapters.ts";
import type { Playback } from "../../contract/playback.ts";

test("viewers see the source's chapters until the description has some", async () => {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  const chapters = [
    { start: 0, title: "Leaving" },
    { start: 1.5, title: "Arriving" },
  ];
  const plan = { ...examplePlan(), chapters };
  await work(
    new ScriptedTranscoder(1).on("plan", () => [{ type: "done", result: { kind: "plan", plan } }]),
  );
  const shown = async () => {
    const response = await call(app, "POST", `/v1/videos/${id}/playback`, {});
    return (await response.json<Playback>()).chapters;
  };
  expect(await shown()).toEqual(chapters);
  const description = "0:00 Boats\n0:01 Storm\n0:02 Calm";
  expect((await call(app, "PATCH", `/v1/videos/${id}`, { description })).status).toBe(200);
  expect((await shown()).map(({ title }) => title)).toEqual(["Boats", "Storm", "Calm"]);
});

/** A file in the newest set of final playlists. */
async function published(id: string, name: string): Promise<string | null> {
  const { publication } = await videoRow(id);
  return (await (await env.MEDIA.get(`${id}/1/p${publication}/${name}`))?.text()) ?? null;
}

test("viewers and Apple's players get the chapters that a creator lists, until they are removed", async () => {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  await work();
  const path = `/v1/videos/${id}/chapters`;
  expect(await published(id, "multivariant.m3u8")).not.toContain("EXT-X-SESSION-DATA");
  const own = [
    { start: 8.5, title: "Storm" },
    { start: 0, title: "Harbour “by night”" },
  ];
  const put = await call(app, "PUT", path, { own });
  expect(await put.json<VideoChapters>()).toEqual({
    own: own.toReversed(),
    automatic: [],
    source: null,
  });
  await work();
  expect(await published(id, "multivariant.m3u8")).toContain(
    '#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="chapters.json"\n',
  );
  expect(JSON.parse((await published(id, "chapters.json")) ?? "")).toEqual([
    { chapter: 1, "start-time": 0, titles: [{ language: "und", title: "Harbour “by night”" }] },
    { chapter: 2, "start-time": 8.5, titles: [{ language: "und", title: "Storm" }] },
  ]);
  const playback = await call(app, "POST", `/v1/videos/${id}/playback`, {});
  expect((await playback.json<Playback>()).chapters).toEqual(own.toReversed());

  expect((await call(app, "PUT", path, { own: null })).status).toBe(200);
  await work();
  expect(await published(id, "multivariant.m3u8")).not.toContain("EXT-X-SESSION-DATA");
  expect(await published(id, "chapters.json")).toBeNull();
});

test("chapters of the description are in the playlists too, and other changes do not rewrite the playlists", async () => {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  await work();
  const change = async (patch: object) => {
    expect((await call(app, "PATCH", `/v1/videos/${id}`, patch)).status).toBe(200);
    await work();
    return (await videoRow(id)).publication;
  };
  expect(await change({ description: "Boats", title: "Boats" })).toBe(1);
  expect(await change({ description: "0:00 Boats\n0:01 Storm\n0:02 Calm" })).toBe(2);
  expect(await published(id, "chapters.json")).toContain("Calm");
  const answer = await call(app, "GET", `/v1/videos/${id}/chapters`);
  expect(await answer.json<VideoChapters>()).toMatchObject({ own: null, source: "description" });
});

test.each([
  ["one chapter", [{ start: 0, title: "All" }], "body.own.0.start"],
  [
    "no chapter at the beginning",
    [
      { start: 1, title: "A" },
      { start: 2, title: "B" },
    ],
    "body.own.0.start",
  ],
  [
    "a chapter after the end",
    [
      { start: 0, title: "A" },
      { start: 99, title: "B" },
    ],
    "body.own.1.start",
  ],
  [
    "a title that hides",
    [
      { start: 0, title: "A" },
      { start: 2, title: "\u202e" },
    ],
    "body.own.1.title",
  ],
])("%s is refused, and the error names the invalid field", async (_, own, field) => {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  await work();
  const response = await call(app, "PUT", `/v1/videos/${id}/chapters`, { own });
  expect(response.status).toBe(400);
  const { errors } = await response.json<{ errors: { path: string }[] }>();
  expect(errors.map(({ path }) => path)).toContain(field);
});

test("chapters wait until the video has been checked", async () => {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  const response = await call(app, "PUT", `/v1/videos/${id}/chapters`, { own: [] });
  expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([
    409,
    "conflict",
  ]);
});
