import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Feed } from "../../contract/search.ts";
import { clearHistory, readHistory, readProgress, recordProgress } from "../history.ts";
import { ANONYMOUS, type Principal } from "../../domain/principal.ts";
import { newId } from "../../domain/id.ts";
import { chooseEditorsPick, dropEditorsPick } from "../editors-pick.ts";
import { homeFeed } from "./feed.ts";
import { relatedVideos } from "./related.ts";
import { publish } from "../../../tests/support/worker/search.ts";
import { addViews } from "../../../tests/support/worker/views.ts";

function viewer(userId: string): Principal {
  return {
    kind: "user",
    userId,
    role: "viewer",
    scopes: new Set(["videos:read", "search:read", "history:read", "history:write"]),
    via: "session",
  };
}

const row = (feed: Feed, id: string) =>
  feed.rows.find((candidate) => candidate.id === id)?.items.map((video) => video.title) ?? [];

test("the home page lists public videos: new, trending and by category", async () => {
  const month = 30 * 86_400_000;
  await publish(
    { title: "Fresh and Unseen", category: "travel" },
    { title: "Seen by Many", category: "travel", views: 90_000 },
    {
      title: "Old Favourite",
      category: "music",
      views: 100_000,
      publishedAt: Date.now() - 60 * month,
    },
    { title: "Kept Private", category: "travel", visibility: "private", views: 1e6 },
  );
  const feed = Feed.parse(await homeFeed(env, ANONYMOUS));
  expect(row(feed, "new").at(-1)).toBe("Old Favourite");
  expect(row(feed, "travel")).toEqual(["Seen by Many", "Fresh and Unseen"]);
  expect(row(feed, "continue")).toEqual([]);
});

const GOOD = { width: 1920, height: 1080, posterPath: "files/images.0/poster.jpg" };
const heroOf = async (principal: Principal) => (await homeFeed(env, principal)).hero?.title;
/** Removes the videos of other tests, which share the database with this file. */
const unpublishAll = () =>
  env.CATALOG.prepare("UPDATE videos SET visibility = 'private', popularity = 0").run();

test("the hero is the editor's pick, or a popular video with a large enough poster, and is not repeated in a row", async () => {
  await unpublishAll();
  const [small = "", wide = "", pick = ""] = await publish(
    { title: "Small but Loved", width: 640, height: 360, posterPath: GOOD.posterPath },
    { ...GOOD, title: "Loved Too" },
    { ...GOOD, title: "Picked", publishedAt: Date.now() - 1000 },
  );
  await addViews(small, 1, Date.now());
  await addViews(wide, 1, Date.now());
  expect(await heroOf(ANONYMOUS)).toBe("Loved Too");
  await expect(chooseEditorsPick(env, small)).rejects.toMatchObject({ code: "conflict" });
  await expect(chooseEditorsPick(env, newId())).rejects.toMatchObject({ code: "conflict" });
  await chooseEditorsPick(env, pick);
  const feed = Feed.parse(await homeFeed(env, ANONYMOUS));
  expect(feed.hero?.title).toBe("Picked");
  expect(feed.rows.flatMap((each) => each.items.map((video) => video.id))).not.toContain(pick);
  // While it is hidden, a popular video replaces it without changing the choice.
  await env.CATALOG.prepare("UPDATE videos SET visibility = 'private' WHERE id = ?")
    .bind(pick)
    .run();
  expect(await heroOf(ANONYMOUS)).toBe("Loved Too");
  await dropEditorsPick(env);
});

test("the hero is a video that the viewer has not started", async () => {
  await unpublishAll();
  const me = viewer("hero-viewer");
  const [first = ""] = await publish(
    { ...GOOD, title: "Begun", duration: 1000 },
    { ...GOOD, title: "Unseen", publishedAt: Date.now() - 1000 },
  );
  expect(await heroOf(me)).toBe("Begun");
  await recordProgress(env, me, first, 400);
  const feed = await homeFeed(env, me);
  expect([feed.hero?.title, row(feed, "continue")]).toEqual(["Unseen", ["Begun"]]);
});

test("trending videos are those watched recently: old views count less than new ones", async () => {
  const now = Date.now();
  const [old = "", young = "", hidden = ""] = await publish(
    { title: "Watched Last Month", views: 5000 },
    { title: "Watched Today" },
    { title: "Watched in Private", visibility: "private" },
    { title: "Never Watched" },
  );
  const watch = async (videoId: string, times: number, at: number) => {
    for (let i = 0; i < times; i++) await addViews(videoId, 1, at);
  };
  const popular = async () => row(await homeFeed(env, ANONYMOUS), "popular");
  await watch(old, 10, now - 30 * 86_400_000);
  expect(await popular()).toEqual(["Watched Last Month"]);
  await watch(young, 2, now);
  await watch(hidden, 20, now);
  expect(await popular()).toEqual(["Watched Today", "Watched Last Month"]);
});

test("a started video is continued, a finished one is not, and both lead to similar ones", async () => {
  const me = viewer("feed-viewer");
  const [started = "", finished = ""] = await publish(
    { title: "Volcano Diaries", duration: 1000, tags: ["volcano"] },
    { title: "Volcano Diaries Two", duration: 1000, tags: ["volcano"] },
    { title: "Chasing a Volcano", duration: 1000, tags: ["volcano"] },
  );
  await recordProgress(env, me, finished, 990);
  await recordProgress(env, me, started, 400);
  const feed = await homeFeed(env, me);
  expect(row(feed, "continue")).toEqual(["Volcano Diaries"]);
  expect(feed.watched).toEqual({ [started]: 0.4 });
  expect(row(feed, "because")[0]).toBe("Chasing a Volcano");
  expect(await readProgress(env, me, started)).toMatchObject({ position: 400, finished: false });
  const history = await readHistory(env, me, { limit: 10 });
  expect(history.items.map((item) => item.video.id)).toEqual([started, finished]);
  await clearHistory(env, me);
  expect((await readHistory(env, me, { limit: 10 })).items).toEqual([]);
});

test("progress reports a few seconds apart are one write, but a jump or the end is never lost", async () => {
  const me = viewer("coalescing-viewer");
  const [id = ""] = await publish({ title: "Coalesced", duration: 1000 });
  const after = async (position: number) => {
    await recordProgress(env, me, id, position);
    return (await readProgress(env, me, id)).position;
  };
  expect(await after(100)).toBe(100);
  expect(await after(104)).toBe(100);
  expect(await after(300)).toBe(300);
  expect(await after(990)).toBe(990);
});

test("progress of a video that the caller may not see is not found", async () => {
  const [id = ""] = await publish({ title: "Nobody's", visibility: "private" });
  await expect(recordProgress(env, viewer("nosy"), id, 1)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a rare word makes videos related, however many share a frequent one", async () => {
  const crowd = Array.from({ length: 250 }, (_, i) => ({
    title: `The Crowd ${i}`,
    views: 1e6 + i,
  }));
  const [id = ""] = await publish(
    { title: "The Ocelot" },
    { title: "The Ocelot Returns" },
    ...crowd,
  );
  const [first] = await relatedVideos(env, ANONYMOUS, id, 5);
  expect(first?.title).toBe("The Ocelot Returns");
});

test("related videos share title words and tags, and exclude private ones and the video itself", async () => {
  const [id = ""] = await publish(
    { title: "Glacier Watching", tags: ["ice", "nature"], category: "science" },
    { title: "Ice Age", tags: ["ice", "nature"], category: "science" },
    { title: "Glacier Secrets", visibility: "private", tags: ["ice"], category: "science" },
    { title: "Unrelated Cooking", category: "howto" },
  );
  const titles = (await relatedVideos(env, ANONYMOUS, id, 5)).map((video) => video.title);
  expect(titles[0]).toBe("Ice Age");
  expect(titles).not.toContain("Glacier Watching");
  expect(titles).not.toContain("Glacier Secrets");
});
