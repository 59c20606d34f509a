import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { ORIGIN } from "../../tests/support/worker/media.ts";
import type { Playlist, PlaylistList, PlaylistPage } from "../contract/playlists.ts";
import type { Video } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { libraryOf } from "../db/history.ts";
import { videos } from "../db/schema.ts";
import { newId } from "../domain/id.ts";
import { newPlaylistId } from "../domain/playlist-id.ts";
import { ANONYMOUS } from "../domain/principal.ts";
import { PublicReads } from "../index.ts";
import { readPlaylist } from "../services/playlists.ts";

async function create(app: TestApp, change: object = {}): Promise<Playlist> {
  const response = await call(app, "POST", "/v1/playlists", { title: "Evenings", ...change });
  expect(response.status).toBe(201);
  return response.json();
}
const put = (app: TestApp, id: string, videoId: string, place: object = {}) =>
  call(app, "PUT", `/v1/playlists/${id}/videos/${videoId}`, place);
const open = async (app: TestApp, id: string, query = ""): Promise<PlaylistPage> =>
  (await call(app, "GET", `/v1/playlists/${id}${query}`)).json();
const order = (page: PlaylistPage): string[] => page.items.map(({ video }) => video.id);

test("a playlist is created, filled, reordered, renamed and deleted", async () => {
  const { app, userId } = await newAccount("viewer");
  const { id, visibility, creator } = await create(app);
  expect([visibility, creator.id, id.slice(0, 22)]).toEqual(["private", userId, userId]);
  const [a, b, c] = [await newVideo("x"), await newVideo("x"), await newVideo("x")];
  for (const videoId of [a, b, c, a]) expect((await put(app, id, videoId)).status).toBe(204);
  expect(order(await open(app, id))).toEqual([a, b, c]);
  await put(app, id, c, { after: null });
  await put(app, id, a, { after: b });
  const page = await open(app, id);
  expect(order(page)).toEqual([c, b, a]);
  expect(page.items.map(({ episode, season }) => [season, episode])).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  await call(app, "DELETE", `/v1/playlists/${id}/videos/${b}`);
  await call(app, "PATCH", `/v1/playlists/${id}`, { title: "Nights" });
  expect(await open(app, id)).toMatchObject({ title: "Nights", videoCount: 2 });
  const mine = async (): Promise<PlaylistList> =>
    (await call(app, "GET", `/v1/playlists?creator=me&video=${a}`)).json();
  expect(await mine()).toMatchObject({ items: [{ id, videoCount: 2 }], having: [id] });
  expect((await call(app, "DELETE", `/v1/playlists/${id}`)).status).toBe(204);
  expect((await call(app, "GET", `/v1/playlists/${id}`)).status).toBe(404);
  expect(await mine()).toEqual({ items: [], having: [], inWatchlist: false });
});

test("other viewers can read public and unlisted playlists without videos that they may not see, and list the public ones", async () => {
  const { app, userId } = await newAccount("creator");
  const [shown, hidden] = [
    await newVideo(userId),
    await newVideo(userId, { visibility: "private" }),
  ];
  const ids: Record<string, string> = {};
  for (const visibility of ["public", "unlisted", "private"]) {
    ids[visibility] = (await create(app, { visibility })).id;
    for (const videoId of [shown, hidden]) await put(app, ids[visibility], videoId);
  }
  expect(order(await open(app, ids["public"]!))).toEqual([shown, hidden]);
  const stranger = await newAccount("viewer");
  for (const reader of [anonymous, stranger.app]) {
    for (const visibility of ["public", "unlisted"]) {
      const page = await open(reader, ids[visibility]!);
      expect([order(page), page.videoCount]).toEqual([[shown], 2]);
    }
    for (const id of [ids["private"], newPlaylistId(userId), newPlaylistId(newId())])
      expect(await problemOf(await call(reader, "GET", `/v1/playlists/${id}`))).toMatchObject({
        status: 404,
        code: "not_found",
      });
    const list = await call(reader, "GET", `/v1/playlists?creator=${userId}&video=${shown}`);
    expect((await list.json<PlaylistList>()).items.map(({ id }) => id)).toEqual([ids["public"]]);
  }
  expect((await put(stranger.app, ids["public"]!, shown)).status).toBe(403);
  const refused = await call(anonymous, "GET", "/v1/playlists?creator=me");
  expect(await problemOf(refused)).toMatchObject({ status: 401, code: "unauthenticated" });
});

test("a page can begin shortly before a given video, and the next page follows", async () => {
  const { app } = await newAccount("viewer");
  const { id } = await create(app);
  const ids: string[] = [];
  for (let index = 0; index < 15; index++) ids.push(await newVideo("x"));
  for (const videoId of ids) await put(app, id, videoId);
  const first = await open(app, id, `?limit=3&at=${ids[12]}`);
  expect(order(first)).toEqual(ids.slice(2, 5));
  expect(order(await open(app, id, `?limit=3&cursor=${first.nextCursor}`))).toEqual(
    ids.slice(5, 8),
  );
  expect((await open(app, id, `?limit=15`)).nextCursor).toBeNull();
});

test("a series contains only its creator's videos, by season and episode, and a video is in one series at most", async () => {
  const { app, userId } = await newAccount("creator");
  const series = await create(app, { kind: "series", visibility: "public" });
  const [one, two, three] = [
    await newVideo(userId),
    await newVideo(userId),
    await newVideo(userId),
  ];
  await put(app, series.id, three, { season: 2 });
  await put(app, series.id, one);
  await put(app, series.id, two, { after: one });
  const numbers = (await open(anonymous, series.id)).items.map(
    ({ video, season, episode }) => [video.id, season, episode] as const,
  );
  expect(numbers).toEqual([
    [one, 1, 1],
    [two, 1, 2],
    [three, 2, 1],
  ]);
  const seriesOf = async (id: string) =>
    (await (await call(anonymous, "GET", `/v1/videos/${id}`)).json<Video>()).seriesId;
  expect(await seriesOf(one)).toBe(series.id);
  const foreign = await put(app, series.id, await newVideo("x"));
  expect(await problemOf(foreign)).toMatchObject({ status: 409, code: "conflict" });
  const other = await create(app, { kind: "series" });
  expect((await put(app, other.id, one)).status).toBe(409);
  await call(app, "DELETE", `/v1/playlists/${series.id}/videos/${one}`);
  expect((await put(app, other.id, one)).status).toBe(204);
  await call(app, "DELETE", `/v1/playlists/${series.id}`);
  expect([await seriesOf(one), await seriesOf(two)]).toEqual([other.id, null]);
  const viewer = await newAccount("viewer");
  const refused = await call(viewer.app, "POST", "/v1/playlists", { title: "S", kind: "series" });
  expect(await problemOf(refused)).toMatchObject({ status: 403, code: "forbidden" });
});

test("an erased video is removed from a playlist when its account reads it", async () => {
  const { app, userId } = await newAccount("viewer");
  const { id } = await create(app);
  const [erased, kept] = [await newVideo("x"), await newVideo("x")];
  for (const videoId of [erased, kept]) await put(app, id, videoId);
  await catalog(env).update(videos).set({ deletedAt: 1, erasedAt: 1 }).where(eq(videos.id, erased));
  expect(order(await open(app, id))).toEqual([kept]);
  expect((await libraryOf(env, userId).openPlaylist(id))?.items).toHaveLength(1);
});

test("a video stays where it was last moved, whatever was moved before", async () => {
  const library = libraryOf(env, newId());
  const move = fc.record({ video: fc.nat(5), after: fc.option(fc.nat(5)) });
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 40 }), async (moves) => {
      const id = newId();
      const row = { kind: "playlist", title: "P", description: "", visibility: "private" } as const;
      await library.createPlaylist({ id, ...row, createdAt: 1, updatedAt: 1 });
      let expected: string[] = [];
      for (const { video, after } of moves) {
        const [videoId, behind] = [String(video), after === null ? null : String(after)];
        await library.putPlaylistItem(id, { videoId, after: behind }, 1);
        expected = expected.filter((other) => other !== videoId);
        const index = behind === null ? 0 : expected.indexOf(behind) + 1;
        if (index === 0 && behind !== null) expected.push(videoId);
        else expected.splice(index, 0, videoId);
      }
      const { items } = (await library.openPlaylist(id))!;
      expect(items.map((item) => item.videoId)).toEqual(expected);
      await library.deletePlaylist(id);
    }),
    { numRuns: 30 },
  );
});

test("positions stay distinct after many moves between the same two videos", async () => {
  const library = libraryOf(env, newId());
  const id = newId();
  const row = { kind: "playlist", title: "P", description: "", visibility: "private" } as const;
  await library.createPlaylist({ id, ...row, createdAt: 1, updatedAt: 1 });
  for (const videoId of ["a", "b", "c", "d"]) await library.putPlaylistItem(id, { videoId }, 1);
  for (let time = 0; time < 40; time++)
    for (const videoId of ["b", "c"]) await library.putPlaylistItem(id, { videoId, after: "a" }, 1);
  const { items } = (await library.openPlaylist(id))!;
  expect(items.map((item) => item.videoId)).toEqual(["a", "c", "b", "d"]);
});

test("a public playlist is cached for visitors without an account, purged when it changes, and writes nothing to CATALOG", async () => {
  const { app, userId } = await newAccount("creator");
  const { id } = await create(app, { visibility: "public" });
  const video = await newVideo(userId);
  await put(app, id, video);
  const purge = vi.fn<(options: CachePurgeOptions) => Promise<CachePurgeResult>>(async () => ({
    success: true,
    errors: [],
  }));
  const entrypoint = new PublicReads(
    Object.assign(createExecutionContext(), { cache: { purge } }) as never,
    env,
  );
  const cached = await entrypoint.fetch(new Request(`${ORIGIN}/v1/playlists/${id}`));
  expect(cached.headers.get("cloudflare-cdn-cache-control")).toBe("public, max-age=30");
  expect(cached.headers.get("cache-tag")).toBe(`playlist-${id},video-${video}`);

  const ctx = Object.assign(createExecutionContext(), { exports: { PublicReads: entrypoint } });
  const json = { "content-type": "application/json" };
  const init = { method: "PATCH", headers: json, body: JSON.stringify({ visibility: "private" }) };
  expect((await app.request(`/v1/playlists/${id}`, init, env, ctx)).status).toBe(204);
  expect(purge).toHaveBeenCalledWith({ tags: [`playlist-${id}`] });

  await call(app, "PATCH", `/v1/playlists/${id}`, { visibility: "unlisted" });
  const counting = new CountingD1(env.CATALOG);
  await readPlaylist({ ...env, CATALOG: counting.binding }, ANONYMOUS, id, { limit: 20 });
  expect(counting.rowsWritten).toBe(0);
});
