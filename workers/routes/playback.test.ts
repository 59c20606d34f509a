import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import { insertVideo, ORIGIN } from "../../tests/support/worker/media.ts";
import type { Playback } from "../contract/playback.ts";
import type { Watch } from "../contract/watch.ts";
import { catalog } from "../db/client.ts";
import { captions } from "../db/schema.ts";
import { tasks, transcodes } from "../db/transcoding-schema.ts";
import { newId } from "../domain/id.ts";
import { captionsKey } from "../media/storage-keys.ts";
import { examplePublication } from "../../tests/support/worker/publication.ts";
import { renderPublication } from "../media/playlists/render.ts";

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(`${ORIGIN}${path}`, init);
function createPlayback(
  id: string,
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<Response> {
  const type: Record<string, string> =
    body === undefined ? {} : { "content-type": "application/json" };
  return call(`/v1/videos/${id}/playback`, {
    method: "POST",
    headers: { ...headers, ...type },
    body: JSON.stringify(body),
  });
}

/** The status of a GET request whose body is discarded. */
async function statusOf(path: string): Promise<number> {
  const response = await call(path);
  await response.arrayBuffer();
  return response.status;
}

/** A finished video with its final playlists in R2. */
async function publishedVideo(change: Parameters<typeof insertVideo>[0] = {}): Promise<string> {
  const id = await insertVideo(change);
  const publication = examplePublication({ videoId: id });
  await env.MEDIA.put(`${id}/1/p1/index.json`, JSON.stringify(publication));
  for (const { name, body } of renderPublication(publication))
    await env.MEDIA.put(`${id}/1/p1/${name}`, body);
  return id;
}

test("anyone may play a public video, and every URL has the token and works", async () => {
  const id = await publishedVideo({ posterPath: "files/images.1/poster.jpg" });
  const db = catalog(env);
  const key = captionsKey(id, "de", 2);
  await env.MEDIA.put(key, "WEBVTT\n");
  await db.insert(captions).values({
    videoId: id,
    language: "de",
    label: "Deutsch",
    key,
    origin: "uploaded",
    cues: 1,
    revision: 2,
    updatedAt: 0,
  });

  const response = await createPlayback(id);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const playback = await response.json<Playback>();
  const base = `/media/${playback.token}/${id}/1`;
  expect(playback).toMatchObject({
    hls: `${base}/p1/multivariant.m3u8`,
    dash: `${base}/p1/manifest.mpd`,
    downloads: [],
    poster: `/images/${id}/1/files/images.1/poster.jpg`,
    captions: [
      { language: "de", kind: "subtitles", label: "Deutsch", url: `${base}/captions/de.2.vtt` },
    ],
  });
  const life = Date.parse(playback.expiresAt) - Date.now();
  expect(life).toBeGreaterThan(7_190_000);
  expect(life).toBeLessThanOrEqual(7_200_000);
  for (const path of [playback.hls, playback.dash!, playback.captions[0]!.url])
    expect(await statusOf(path)).toBe(200);
});

test("one request returns the video, its playback and, for an account, its progress", async () => {
  const id = await publishedVideo();
  const watch = (headers: Record<string, string> = {}) =>
    call(`/v1/videos/${id}/watch`, { method: "POST", headers });
  const response = await watch();
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const { video, playback, progress } = await response.json<Watch>();
  expect(video).toEqual(await (await call(`/v1/videos/${id}`)).json());
  expect(playback!.expiresIn).toBe(7200);
  expect([await statusOf(playback!.hls), progress]).toEqual([200, null]);

  const { headers } = await signUp("viewer");
  const never = { position: 0, finished: false, updatedAt: null };
  expect((await (await watch(headers)).json<Watch>()).progress).toEqual(never);
  await call(`/v1/videos/${id}/progress`, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ position: 30 }),
  });
  expect((await (await watch(headers)).json<Watch>()).progress).toMatchObject({ position: 30 });
});

test("a video that cannot be watched yet is shown to its creator without a playback", async () => {
  const { headers, userId } = await signUp("creator");
  const id = await insertVideo({ state: "processing", ownerId: userId });
  const init = { method: "POST", headers };
  const { video, playback } = await (await call(`/v1/videos/${id}/watch`, init)).json<Watch>();
  expect([video.state, playback]).toEqual(["processing", null]);
  expect((await call(`/v1/videos/${id}/watch`, { method: "POST" })).status).toBe(404);
});

test("downloads are listed and allowed only if the creator offers them", async () => {
  for (const downloadsEnabled of [true, false]) {
    const id = await publishedVideo({ downloadsEnabled });
    const task = newId();
    const spec = {
      kind: "download" as const,
      format: "mp4" as const,
      title: "Video",
      renditions: [],
      limits: {
        maxDuration: 1,
        maxPixels: 1,
        maxStreams: 1,
        maxFrameRate: 1,
        maxTaskSeconds: 1,
        maxOutputBytes: 1,
      },
    };
    const result = { kind: "download" as const, file: "video.mp4", bytes: 3 };
    await env.MEDIA.put(`${id}/1/files/${task}.1/video.mp4`, "mp4");
    await catalog(env).insert(tasks).values({
      id: task,
      videoId: id,
      version: 1,
      ownerId: "o",
      kind: "download",
      name: "mp4",
      stage: "extras",
      priority: "downloads",
      lane: "extra download",
      since: 0,
      state: "done",
      attempt: 1,
      spec,
      result,
      createdAt: 0,
    });
    const { downloads, token } = await (await createPlayback(id)).json<Playback>();
    const url = `/media/${token}/${id}/1/files/${task}.1/video.mp4`;
    expect(downloads).toEqual(downloadsEnabled ? [{ format: "mp4", url, size: 3 }] : []);
    expect(await statusOf(url)).toBe(downloadsEnabled ? 200 : 403);
  }
});

describe("without access to the video there is no playback token", () => {
  test("a private video is not found for others and plays for its creator", async () => {
    const owner = await signUp("creator");
    const other = await signUp("creator");
    const id = await publishedVideo({
      visibility: "private",
      ownerId: owner.userId,
      posterPath: "files/images.1/poster.jpg",
    });
    expect([
      (await createPlayback(id)).status,
      (await createPlayback(id, other.headers)).status,
      (await createPlayback(newId())).status,
    ]).toEqual([404, 404, 404]);
    const playback = await (await createPlayback(id, owner.headers)).json<Playback>();
    expect(playback.poster).toBe(`/media/${playback.token}/${id}/1/files/images.1/poster.jpg`);
    expect(await statusOf(playback.hls)).toBe(200);
  });

  test("an unlisted video plays for anyone with its link; a failed one is not found", async () => {
    const [unlisted, failed] = [
      await publishedVideo({ visibility: "unlisted" }),
      await publishedVideo({ state: "failed" }),
    ];
    expect([
      (await createPlayback(unlisted)).status,
      (await createPlayback(failed)).status,
    ]).toEqual([200, 404]);
  });

  test("the creator is told that a video cannot be played yet", async () => {
    const owner = await signUp("creator");
    const id = await insertVideo({ state: "processing", ownerId: owner.userId });
    const response = await createPlayback(id, owner.headers);
    expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([
      409,
      "not_playable",
    ]);
  });

  test.each([
    { expiresIn: 5 },
    { expiresIn: 1e9 },
    { rules: { countries: { allow: ["Germany"] } } },
    { rules: { ipRanges: ["1.2.3.4"] } },
    { rules: { origins: ["https://a.example/path"] } },
    { videoId: "x" },
  ])("an invalid request is refused: %o", async (body) => {
    expect((await createPlayback(await publishedVideo(), {}, body)).status).toBe(400);
  });
});

test("a revoked playback cannot be renewed, but a new one can be started", async () => {
  const owner = await signUp("creator");
  const id = await publishedVideo({ ownerId: owner.userId });
  const first = await (await createPlayback(id)).json<Playback>();
  const renewed = await (await createPlayback(id, {}, { renew: first.token })).json<Playback>();
  expect(renewed.sessionId).toBe(first.sessionId);

  const revoke = { method: "DELETE", headers: owner.headers };
  expect((await call(`/v1/videos/${id}/playback/${first.sessionId}`, revoke)).status).toBe(204);
  for (const { token } of [first, renewed]) {
    const refused = await createPlayback(id, {}, { renew: token });
    expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([
      403,
      "invalid_playback_token",
    ]);
  }
  const next = await (await createPlayback(id)).json<Playback>();
  expect(next.sessionId).not.toBe(first.sessionId);
});

test("while a video is playable its playlists have the stored segments, and end when it is ready", async () => {
  const id = await insertVideo({ state: "playable", publication: 0 });
  const db = catalog(env);
  const { renditions, grid } = examplePublication();
  const plan = {
    source: { duration: 13 },
    grid,
    renditions: renditions.map(({ rendition }) => rendition),
    tasks: [],
  };
  await db.insert(transcodes).values({
    videoId: id,
    version: 1,
    ownerId: "o",
    sourceKey: "s",
    plan: plan as never,
    createdAt: 0,
    updatedAt: 0,
  });
  const outputs = Object.fromEntries(
    renditions.map(({ rendition, outputs: [first] }) => [rendition.id, first!]),
  );
  await db.insert(tasks).values({
    id: newId(),
    videoId: id,
    version: 1,
    ownerId: "o",
    kind: "video",
    name: "video 0",
    stage: "encode",
    priority: "first-video",
    lane: "urgent video-h264",
    since: 0,
    state: "done",
    attempt: 1,
    spec: {} as never,
    result: { kind: "media", outputs },
    createdAt: 0,
  });

  const { hls, dash } = await (await createPlayback(id)).json<Playback>();
  expect(dash).toBeNull();
  const multivariant = await call(hls);
  expect([multivariant.status, multivariant.headers.get("cache-control")]).toEqual([
    200,
    "private, max-age=2",
  ]);
  expect(await multivariant.text()).toContain("h264-720.m3u8");
  const list = hls.replace("multivariant.m3u8", "h264-720.m3u8");
  const live = await (await call(list)).text();
  expect(live).toContain("#EXT-X-PLAYLIST-TYPE:EVENT");
  expect(live).not.toContain("#EXT-X-ENDLIST");

  await env.MEDIA.put(`${id}/1/p1/index.json`, JSON.stringify(examplePublication({ videoId: id })));
  await env.CATALOG.prepare("UPDATE videos SET state = 'ready', publication = 1 WHERE id = ?")
    .bind(id)
    .run();
  await env.CATALOG.prepare("UPDATE tasks SET result = NULL WHERE video_id = ?").bind(id).run();
  const ended = await (await call(list)).text();
  expect(ended.startsWith(live)).toBe(true);
  expect(ended).toContain("#EXT-X-ENDLIST");
});
