import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";
import { Creator } from "../contract/creators.ts";
import { FollowList, FollowStatus, Notifications } from "../contract/follows.ts";
import { VideoPage } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { newestOfCreators } from "../db/followed-videos.ts";
import { libraryOf } from "../db/history.ts";
import { LIMITS } from "../domain/limits.ts";
import { deleteAccountContents } from "./accounts.ts";

type Account = Awaited<ReturnType<typeof newAccount>>;

const DAY_MS = 86_400_000;
const read = async <T>(schema: { parse: (body: unknown) => T }, account: Account, path: string) =>
  schema.parse(await (await call(account.app, "GET", path)).json());
const follow = async (account: Account, creatorId: string) =>
  (await call(account.app, "PUT", `/v1/me/follows/${creatorId}`)).status;
const notificationsOf = (account: Account) => read(Notifications, account, "/v1/me/notifications");
/** The public counts, once the creator's Durable Object has written them. */
async function followersOf(creatorId: string): Promise<number> {
  await runDurableObjectAlarm(libraryOf(env, creatorId));
  const response = await call(anonymous, "GET", `/v1/creators/${creatorId}`);
  return Creator.parse(await response.json()).followers;
}
const publishedAt = (creatorId: string, time: number, title: string) =>
  newVideo(creatorId, { publishedAt: time, title });

test("a creator's follower count includes each account once", async () => {
  const [creator, viewer] = [await newAccount(), await newAccount("viewer")];
  await newVideo(creator.userId);
  const path = `/v1/me/follows/${creator.userId}`;
  expect((await read(FollowStatus, viewer, path)).following).toBe(false);
  expect(await follow(viewer, creator.userId)).toBe(204);
  expect(await follow(viewer, creator.userId)).toBe(204);
  expect((await read(FollowStatus, viewer, path)).following).toBe(true);
  expect(await followersOf(creator.userId)).toBe(1);
  expect((await read(FollowList, viewer, "/v1/me/follows")).items).toMatchObject([
    { creator: { id: creator.userId, avatar: null } },
  ]);
  expect((await call(viewer.app, "DELETE", path)).status).toBe(204);
  expect((await call(viewer.app, "DELETE", path)).status).toBe(204);
  expect(await followersOf(creator.userId)).toBe(0);
  expect((await read(FollowList, viewer, "/v1/me/follows")).items).toEqual([]);
});

test("an account cannot follow itself or an account that is not a creator", async () => {
  const [creator, viewer] = [await newAccount(), await newAccount("viewer")];
  await newVideo(creator.userId);
  expect(await follow(creator, creator.userId)).toBe(409);
  expect(await follow(creator, viewer.userId)).toBe(404);
  expect(await followersOf(creator.userId)).toBe(0);
});

test("followsPerAccount: following one more creator is refused", async () => {
  const [creator, viewer] = [await newAccount(), await newAccount("viewer")];
  await newVideo(creator.userId);
  const library = libraryOf(env, viewer.userId);
  for (let i = 0; i < LIMITS.followsPerAccount; i++) await library.follow(`c${i}`, i);
  const refused = await call(viewer.app, "PUT", `/v1/me/follows/${creator.userId}`);
  expect(await problemOf(refused)).toMatchObject({ status: 409, code: "limit_reached" });
  await library.unfollow(["c0"]);
  expect(await follow(viewer, creator.userId)).toBe(204);
});

test("the following feed lists only videos of followed creators, newest first, page by page", async () => {
  const [a, b, other, viewer] = [
    await newAccount(),
    await newAccount(),
    await newAccount(),
    await newAccount("viewer"),
  ];
  const now = Date.now();
  // Two videos with the same time: neither may be lost between pages.
  await publishedAt(a.userId, now - 5000, "A1");
  await publishedAt(b.userId, now - 4000, "B");
  await publishedAt(a.userId, now - 4000, "A2");
  await publishedAt(a.userId, now - 3000, "A3");
  await publishedAt(other.userId, now, "Other");
  await newVideo(a.userId, { title: "Hidden", visibility: "private" });
  for (const creator of [a, b]) expect(await follow(viewer, creator.userId)).toBe(204);
  const titles: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page: VideoPage = await read(VideoPage, viewer, `/v1/me/followed-videos?limit=1${query}`);
    titles.push(...page.items.map(({ title }) => title));
    cursor = page.nextCursor;
  }
  expect([titles[0], titles.slice(1, 3).toSorted(), titles[3]]).toEqual(["A3", ["A2", "B"], "A1"]);
  expect(titles).toHaveLength(4);
});

test("videos published after the follow are marked as new until the feed is read", async () => {
  const [creator, viewer] = [await newAccount(), await newAccount("viewer")];
  const now = Date.now();
  await publishedAt(creator.userId, now - DAY_MS, "Before");
  await follow(viewer, creator.userId);
  expect(await notificationsOf(viewer)).toMatchObject({
    unread: 0,
    items: [{ isNew: false, video: { title: "Before" } }],
  });
  await publishedAt(creator.userId, Date.now() + 1000, "After");
  const { unread, items } = await notificationsOf(viewer);
  expect([unread, items.map(({ video, isNew }) => [video.title, isNew])]).toEqual([
    1,
    [
      ["After", true],
      ["Before", false],
    ],
  ]);
  // A fast clock does not hide what is yet to come.
  const body = { until: new Date(Date.now() + 10 * DAY_MS).toISOString() };
  expect((await call(viewer.app, "PUT", "/v1/me/notifications/read", body)).status).toBe(204);
  expect((await notificationsOf(viewer)).unread).toBe(1);
  await libraryOf(env, viewer.userId).markSeen(Date.now() + 2000);
  expect((await notificationsOf(viewer)).unread).toBe(0);
});

test("a deleted account follows nobody, and a deleted creator has no followers", async () => {
  const [creator, viewer] = [await newAccount(), await newAccount("viewer")];
  await newVideo(creator.userId);
  await follow(viewer, creator.userId);
  expect(await followersOf(creator.userId)).toBe(1);
  await deleteAccountContents(env, viewer.userId);
  expect(await followersOf(creator.userId)).toBe(0);
  await follow(viewer, creator.userId);
  await deleteAccountContents(env, creator.userId);
  await env.CATALOG.prepare("DELETE FROM user WHERE id = ?").bind(creator.userId).run();
  expect((await read(FollowList, viewer, "/v1/me/follows")).items).toEqual([]);
  // No row reappears for a deleted creator.
  await runDurableObjectAlarm(libraryOf(env, creator.userId));
  const left = await env.CATALOG.prepare("SELECT * FROM creator_followers WHERE owner_id = ?")
    .bind(creator.userId)
    .all();
  expect(left.results).toEqual([]);
});

test("the following feed reads one page per creator by index", async () => {
  const { sql, params } = newestOfCreators(catalog(env), ["a", "b"], null, 5).toSQL();
  const { results } = await env.CATALOG.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  const plan = results.map(({ detail }) => detail);
  const reads = plan.filter((step) => /^(SCAN|SEARCH) videos/.test(step));
  expect(reads.map((step) => / USING .+/.exec(step)?.[0])).toEqual([
    " USING INDEX sqlite_autoindex_videos_1 (id=?)",
    expect.stringContaining("videos_listed_owner (owner_id=? AND published_at"),
  ]);
});
