import { env } from "cloudflare:workers";
import { runDurableObjectAlarm } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { call, newAccount, newVideo, problemOf } from "../../tests/support/worker/api.ts";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { flushViews } from "../../tests/support/worker/views.ts";
import type { History } from "../contract/history.ts";
import type { SavedVideos, WatchSettings } from "../contract/library.ts";
import type { Video } from "../contract/videos.ts";
import type { Watch } from "../contract/watch.ts";
import { catalog } from "../db/client.ts";
import { libraryOf } from "../db/history.ts";
import { videos } from "../db/schema.ts";
import { viewCounterOf } from "../db/views.ts";
import { newId } from "../domain/id.ts";
import { likeVideo } from "../services/library.ts";
import { deleteAccountContents } from "../services/accounts.ts";

type Account = Awaited<ReturnType<typeof newAccount>>;

const idsOf = async ({ app }: Account, path: string): Promise<string[]> => {
  const response = await call(app, "GET", path);
  return (await response.json<SavedVideos>()).items.map(({ video }) => video.id);
};
const likesOf = async ({ app }: Account, id: string): Promise<number> =>
  (await (await call(app, "GET", `/v1/videos/${id}`)).json<Video>()).likes;

test.each([
  ["watchlist", "/v1/watchlist"],
  ["like", "/v1/likes"],
])("%s: videos are added once, listed newest first in pages, and removed", async (verb, list) => {
  const account = await newAccount("viewer");
  const { app } = account;
  const ids = [await newVideo("x"), await newVideo("x"), await newVideo("x")];
  for (const id of [...ids, ids[0]!])
    expect((await call(app, "PUT", `/v1/videos/${id}/${verb}`)).status).toBe(204);
  const all = await idsOf(account, list);
  expect(all.toSorted()).toEqual(ids.toSorted());
  const first = await (await call(app, "GET", `${list}?limit=2`)).json<SavedVideos>();
  const rest = await (
    await call(app, "GET", `${list}?limit=2&cursor=${first.nextCursor}`)
  ).json<SavedVideos>();
  expect([...first.items, ...rest.items].map(({ video }) => video.id)).toEqual(all);
  expect(rest.nextCursor).toBeNull();
  for (let time = 0; time < 2; time++)
    expect((await call(app, "DELETE", `/v1/videos/${all[0]}/${verb}`)).status).toBe(204);
  expect(await idsOf(account, list)).toEqual(all.slice(1));
  const bad = await call(app, "GET", `${list}?cursor=nonsense`);
  expect(await problemOf(bad)).toMatchObject({ status: 400, code: "invalid_cursor" });
});

test("a list does not show hidden or erased videos, and drops the erased ones", async () => {
  const account = await newAccount("viewer");
  const [hidden, erased, kept] = [await newVideo("x"), await newVideo("x"), await newVideo("x")];
  for (const id of [hidden, erased, kept])
    await call(account.app, "PUT", `/v1/videos/${id}/watchlist`);
  const db = catalog(env);
  await db.update(videos).set({ visibility: "private" }).where(eq(videos.id, hidden));
  await db.update(videos).set({ deletedAt: 1, erasedAt: 1 }).where(eq(videos.id, erased));
  expect(await idsOf(account, "/v1/watchlist")).toEqual([kept]);
  const entries = await libraryOf(env, account.userId).listSaved("main", "watchlist", 10);
  expect(entries.map(({ videoId }) => videoId).toSorted()).toEqual([hidden, kept].toSorted());
});

test("the likes of many accounts reach the catalogue as one sum, once per account, and can be withdrawn", async () => {
  const id = await newVideo("x");
  const accounts = await Promise.all(Array.from({ length: 5 }, () => newAccount("viewer")));
  for (const { app } of [...accounts, accounts[0]!])
    expect((await call(app, "PUT", `/v1/videos/${id}/like`)).status).toBe(204);
  const [one, other] = accounts as [Account, Account];
  expect(await likesOf(one, id)).toBe(0);
  await flushViews(id);
  expect(await likesOf(one, id)).toBe(5);
  for (let time = 0; time < 2; time++) await call(one.app, "DELETE", `/v1/videos/${id}/like`);
  await call(one.app, "DELETE", `/v1/videos/${await newVideo("x")}/like`);
  // Deleting an account takes its likes with it.
  await deleteAccountContents(env, other.userId);
  expect(await runDurableObjectAlarm(viewCounterOf(env, id))).toBe(true);
  expect(await likesOf(one, id)).toBe(3);
});

/** Whether the account's list and the video's counter contain the like. */
async function traceOfLike(account: Account, id: string): Promise<[boolean, boolean]> {
  await flushViews(id);
  const liked = await idsOf(account, "/v1/likes");
  return [liked.includes(id), (await likesOf(account, id)) === 1];
}

test("a simultaneous like and unlike leave the list and the number of likes consistent", async () => {
  const account = await newAccount("viewer");
  const library = libraryOf(env, account.userId);
  for (const order of ["like first", "unlike first", "like, unlike, like"]) {
    const id = await newVideo("x");
    const like = () => library.like(account.userId, "main", { videoId: id, addedAt: 1 });
    const unlike = () => library.unlike(account.userId, "main", id);
    if (order === "like first") await Promise.all([like(), unlike()]);
    else if (order === "unlike first") await Promise.all([unlike(), like()]);
    else await Promise.all([like(), unlike(), like()]);
    const [isListed, isCounted] = await traceOfLike(account, id);
    expect([order, isCounted]).toEqual([order, isListed]);
  }
});

test.each(["before", "after"])(
  "a like that arrives right %s the deletion of its account counts only while it is in a list",
  async (when) => {
    const account = await newAccount("viewer");
    const id = await newVideo("x");
    const library = libraryOf(env, account.userId);
    const like = () => library.like(account.userId, "main", { videoId: id, addedAt: 1 });
    const erase = () => library.deleteAll(account.userId);
    await Promise.all(when === "before" ? [like(), erase()] : [erase(), like()]);
    const [isListed, isCounted] = await traceOfLike(account, id);
    expect(isCounted).toBe(isListed);
    // Deletions are repeated for writes that arrive late.
    await library.deleteAll(account.userId);
    expect(await traceOfLike(account, id)).toEqual([false, false]);
  },
);

test("a like writes nothing to CATALOG", async () => {
  const id = await newVideo("x");
  const account = await newAccount("viewer");
  const counting = new CountingD1(env.CATALOG);
  await likeVideo({ ...env, CATALOG: counting.binding }, account, id);
  expect(counting.rowsWritten).toBe(0);
  expect(counting.calls).toBe(1);
});

test("reading a video returns the caller's like, watchlist entry and progress", async () => {
  const id = await newVideo("x");
  const { app } = await newAccount("viewer");
  const marks = async () =>
    (await (await call(app, "POST", `/v1/videos/${id}/watch`, {})).json<Watch>()).marks;
  expect(await marks()).toEqual({ inWatchlist: false, liked: false });
  await call(app, "PUT", `/v1/videos/${id}/watchlist`);
  await call(app, "PUT", `/v1/videos/${id}/like`);
  expect(await marks()).toEqual({ inWatchlist: true, liked: true });
});

test("a single video can be removed from the history", async () => {
  const account = await newAccount("viewer");
  const [gone, kept] = [await newVideo("x"), await newVideo("x")];
  for (const id of [gone, kept])
    await call(account.app, "PUT", `/v1/videos/${id}/progress`, { position: 30 });
  expect((await call(account.app, "DELETE", `/v1/videos/${gone}/progress`)).status).toBe(204);
  expect(await idsOf(account, "/v1/history")).toEqual([kept]);
});

test("a paused history keeps its videos and adds no new ones", async () => {
  const account = await newAccount("viewer");
  const [before, during] = [await newVideo("x"), await newVideo("x")];
  const put = (id: string) =>
    call(account.app, "PUT", `/v1/videos/${id}/progress`, { position: 30 });
  await put(before);
  const path = "/v1/me/watch-settings";
  const paused = await call(account.app, "PATCH", path, { historyPaused: true });
  expect(await paused.json<WatchSettings>()).toMatchObject({ historyPaused: true });
  expect((await put(during)).status).toBe(204);
  expect(await idsOf(account, "/v1/history")).toEqual([before]);
  await call(account.app, "PATCH", path, { historyPaused: false });
  await put(during);
  expect(await idsOf(account, "/v1/history")).toEqual([during, before]);
});

test("videos saved without an account are added at sign-in, below newer ones and without hidden ones", async () => {
  const account = await newAccount("viewer");
  const [saved, older, newer, hidden] = [
    await newVideo("x"),
    await newVideo("x", { duration: 100 }),
    await newVideo("x"),
    await newVideo("x", { visibility: "private" }),
  ];
  await call(account.app, "PUT", `/v1/videos/${newer}/progress`, { position: 50 });
  const long = { at: "2020-01-01T00:00:00.000Z" };
  const positions = [
    { ...long, videoId: older, position: 99 },
    { ...long, videoId: newer, position: 20 },
    { ...long, videoId: hidden, position: 20 },
  ];
  const kept = { watchlist: [saved, older, hidden, newId()], positions };
  for (let time = 0; time < 2; time++)
    expect((await call(account.app, "POST", "/v1/me/library", kept)).status).toBe(204);
  expect(await idsOf(account, "/v1/watchlist")).toEqual([saved, older]);
  const history = await call(account.app, "GET", "/v1/history");
  expect((await history.json<History>()).items).toMatchObject([
    { video: { id: newer }, progress: { position: 50 } },
    { video: { id: older }, progress: { position: 99, finished: true } },
  ]);
});

test("settings have defaults, change one at a time, and refuse unknown names", async () => {
  const { app } = await newAccount("viewer");
  const path = "/v1/me/watch-settings";
  const defaults = await (await call(app, "GET", path)).json<WatchSettings>();
  expect(defaults).toMatchObject({ playNext: false, audioLanguage: null });
  await call(app, "PATCH", path, { audioLanguage: "de" });
  await call(app, "PATCH", path, { playNext: true });
  const changed = await (await call(app, "GET", path)).json<WatchSettings>();
  expect(changed).toEqual({ ...defaults, audioLanguage: "de", playNext: true });
  for (const bad of [{ audioLanguage: "not a language" }, { volume: 3 }, { playNext: "yes" }])
    expect(await problemOf(await call(app, "PATCH", path, bad))).toMatchObject({
      status: 400,
      code: "invalid_request",
    });
});
