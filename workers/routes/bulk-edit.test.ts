import { eq } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { BulkEditResult, type Edit } from "../contract/bulk-edit.ts";
import type { Playlist, PlaylistPage } from "../contract/playlists.ts";
import type { Video } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { revocations } from "../db/playback-schema.ts";
import { transcodes } from "../db/transcoding-schema.ts";
import { videos } from "../db/schema.ts";
import { newId } from "../domain/id.ts";
import { videoSubject } from "../domain/revocations.ts";
import {
  anonymous,
  appAs,
  beginTranscode,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { editVideos } from "../services/bulk-edit.ts";

const db = catalog(env);

async function edit(app: TestApp, ids: string[], wanted: unknown): Promise<(string | null)[]> {
  const response = await call(app, "POST", "/v1/videos/bulk", { ids, edit: wanted });
  expect(response.status).toBe(200);
  const { items } = BulkEditResult.parse(await response.json());
  expect(items.map(({ id }) => id)).toEqual(ids);
  return items.map(({ error }) => error?.code ?? null);
}

const read = async (app: TestApp, id: string): Promise<Video> =>
  (await call(app, "GET", `/v1/videos/${id}`)).json();
const revisionOf = async (id: string) =>
  (await db.select({ revision: videos.revision }).from(videos).where(eq(videos.id, id)))[0]
    ?.revision;

test("many videos are changed in one request, and repeating it changes nothing more", async () => {
  const { app, userId } = await newAccount();
  const ids = [await newVideo(userId), await newVideo(userId, { visibility: "private" })];
  const change = {
    kind: "change",
    visibility: "private",
    category: "travel",
    language: "de",
    downloadsEnabled: true,
  };
  expect(await edit(app, ids, change)).toEqual([null, null]);
  for (const id of ids)
    expect(await read(app, id)).toMatchObject({
      visibility: "private",
      category: "travel",
      language: "de",
      downloadsEnabled: true,
    });
  expect((await call(anonymous, "GET", `/v1/videos/${ids[0]}`)).status).toBe(404);
  const revoked = ids.map(videoSubject);
  const rows = await db.select().from(revocations);
  expect(rows.map(({ subject }) => subject)).toEqual(expect.arrayContaining(revoked));

  const revisions = await Promise.all(ids.map(revisionOf));
  expect(await edit(app, ids, change)).toEqual([null, null]);
  expect(await Promise.all(ids.map(revisionOf))).toEqual(revisions);
  expect(await edit(app, ids, { kind: "change", language: null })).toEqual([null, null]);
  expect((await read(app, ids[0]!)).language).toBeNull();
});

test("each video is authorized separately, and a refused one does not affect the others", async () => {
  const { app, userId } = await newAccount();
  const stranger = await newAccount();
  const [own, theirs, secret, encrypted, hidden] = [
    await newVideo(userId, { visibility: "private" }),
    await newVideo(stranger.userId),
    await newVideo(stranger.userId, { visibility: "private" }),
    await newVideo(userId, { encrypted: true }),
    await newVideo(userId, { hiddenAt: 1, visibility: "private" }),
  ];
  const ids = [theirs, secret, encrypted, hidden, newId(), own];
  expect(
    await edit(app, ids, { kind: "change", visibility: "public", downloadsEnabled: true }),
  ).toEqual(["forbidden", "not_found", "conflict", "forbidden", "not_found", null]);
  expect(await read(app, own)).toMatchObject({ visibility: "public", downloadsEnabled: true });
  expect(await read(stranger.app, theirs)).toMatchObject({ downloadsEnabled: false });
  for (const wanted of [{ kind: "tags", add: ["x"] }, { kind: "delete" }, { kind: "restore" }])
    expect(await edit(app, [theirs, secret, own], wanted)).toEqual([
      wanted.kind === "restore" ? "not_found" : "forbidden",
      "not_found",
      null,
    ]);
  expect((await read(stranger.app, theirs)).tags).toEqual([]);

  const withoutScope = appAs({
    kind: "user",
    userId,
    role: "creator",
    scopes: new Set(["videos:read"]),
    via: "app",
  });
  const body = { ids: [own], edit: { kind: "delete" } };
  for (const [caller, code] of [
    [anonymous, "unauthenticated"],
    [withoutScope, "insufficient_scope"],
    [(await newAccount("viewer")).app, "forbidden"],
  ] as const)
    expect((await problemOf(await call(caller, "POST", "/v1/videos/bulk", body))).code).toBe(code);
});

test("an admin can edit other accounts' videos, including those hidden by a moderator", async () => {
  const { userId, app } = await newAccount();
  const admin = await newAccount("admin");
  const id = await newVideo(userId, { hiddenAt: 1, visibility: "private" });
  expect(await edit(admin.app, [id], { kind: "change", visibility: "public" })).toEqual([null]);
  expect(await read(app, id)).toMatchObject({ visibility: "public", problem: null });
});

test("tags are added and removed, up to thirty", async () => {
  const { app, userId } = await newAccount();
  const many = Array.from({ length: 30 }, (_, n) => `tag ${n}`);
  const [a, b, full] = [
    await newVideo(userId, { tags: ["Sea", "boat"] }),
    await newVideo(userId),
    await newVideo(userId, { tags: many }),
  ];
  const wanted = { kind: "tags", add: ["sea", "harbour"], remove: ["Boat"] };
  for (let repetition = 0; repetition < 2; repetition++)
    expect(await edit(app, [a, b, full], wanted)).toEqual([null, null, "limit_reached"]);
  const tagsOf = async (id: string) => (await read(app, id)).tags;
  expect(await tagsOf(a)).toEqual(["Sea", "harbour"]);
  expect(await tagsOf(b)).toEqual(["sea", "harbour"]);
  expect(await tagsOf(full)).toEqual(many);
});

test("concurrent changes of tags are not overwritten", async () => {
  const account = await newAccount();
  const id = await newVideo(account.userId, { tags: ["a"] });
  class InterruptedD1 extends CountingD1 {
    override async batch(...given: Parameters<CountingD1["batch"]>) {
      await db
        .update(videos)
        .set({ tags: ["b"] })
        .where(eq(videos.id, id));
      return super.batch(...given);
    }
  }
  const { binding } = new InterruptedD1(env.CATALOG);
  const request = { ids: [id], edit: { kind: "tags" as const, add: ["c"], remove: [] } };
  const { items } = await editVideos({ ...env, CATALOG: binding }, account, request);
  expect(items).toMatchObject([{ error: { code: "conflict" } }]);
  expect((await read(account.app, id)).tags).toEqual(["b"]);
});

test("videos are added to a playlist once each, in the order of the request", async () => {
  const { app, userId } = await newAccount();
  const created = await call(app, "POST", "/v1/playlists", { title: "Season", kind: "series" });
  const { id: playlistId } = await created.json<Playlist>();
  const stranger = await newAccount();
  const ids = [await newVideo(userId), await newVideo(userId), await newVideo(stranger.userId)];
  const wanted = { kind: "playlist", playlistId };
  for (let repetition = 0; repetition < 2; repetition++)
    expect(await edit(app, ids, wanted)).toEqual([null, null, "conflict"]);
  const page = await (await call(app, "GET", `/v1/playlists/${playlistId}`)).json<PlaylistPage>();
  expect(page.items.map(({ video }) => video.id)).toEqual(ids.slice(0, 2));
  expect(await edit(stranger.app, ids.slice(2), wanted)).toEqual(["not_found"]);
});

test("a hundred videos are deleted and restored as they were, with few statements", async () => {
  const account = await newAccount();
  const { app, userId } = account;
  const queued = await newVideo(userId, { state: "queued", publishedAt: null });
  await beginTranscode(queued, userId);
  const stateOf = async () =>
    (await db.select().from(transcodes).where(eq(transcodes.videoId, queued)))[0]?.state;
  const uploading = await newVideo(userId, { state: "uploading", visibility: "private" });
  const others = await Promise.all(Array.from({ length: 98 }, () => newVideo(userId)));
  const ids = [queued, uploading, ...others];
  const all = Array.from(ids, () => null);

  const run = async (wanted: Edit) => {
    const counting = new CountingD1(env.CATALOG);
    const bindings = { ...env, CATALOG: counting.binding };
    const { items } = await editVideos(bindings, account, { ids, edit: wanted });
    expect(counting.statements.length).toBeLessThan(30);
    return items.map(({ error }) => error?.code ?? null);
  };
  expect(await run({ kind: "delete" })).toEqual(all);
  expect(await stateOf()).toBe("paused");
  expect((await call(app, "GET", `/v1/videos/${others[0]}`)).status).toBe(404);
  // An upload that was ended has nothing to restore.
  const erased = all.map((_, index) => (index === 1 ? "not_found" : null));
  expect(await run({ kind: "delete" })).toEqual(erased);
  for (let repetition = 0; repetition < 2; repetition++)
    expect(await run({ kind: "restore" })).toEqual(erased);
  expect(await stateOf()).toBe("active");
  for (const id of [queued, others[0]!, others[97]!])
    expect((await call(app, "GET", `/v1/videos/${id}`)).status).toBe(200);
});

test("a request with too many videos, with repetitions or with an unknown edit is refused", async () => {
  const { app } = await newAccount();
  const id = newId();
  for (const body of [
    { ids: [], edit: { kind: "delete" } },
    { ids: [id, id], edit: { kind: "delete" } },
    { ids: Array.from({ length: 101 }, newId), edit: { kind: "delete" } },
    { ids: [id], edit: { kind: "publish" } },
    { ids: [id], edit: { kind: "change", title: "All the same" } },
    { ids: [id], edit: { kind: "change", visibility: "everyone" } },
  ])
    expect((await problemOf(await call(app, "POST", "/v1/videos/bulk", body))).code).toBe(
      "invalid_request",
    );
});
