import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Playlist } from "../contract/playlists.ts";
import { VIDEO_SORTS, type VideoSort } from "../contract/video-sorts.ts";
import { VideoPage } from "../contract/videos.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 10);

async function page(app: TestApp, query: string): Promise<VideoPage> {
  const response = await call(app, "GET", `/v1/videos?creator=me&${query}`);
  expect(response.status).toBe(200);
  return VideoPage.parse(await response.json());
}

const titles = async (app: TestApp, query: string): Promise<string[]> =>
  (await page(app, query)).items.map(({ title }) => title);

/** Reads page by page to the end. */
async function walk(app: TestApp, query: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const next: VideoPage = await page(app, `${query}&limit=2${cursor && `&cursor=${cursor}`}`);
    expect(next.items.length).toBeLessThanOrEqual(2);
    found.push(...next.items.map(({ title }) => title));
    cursor = next.nextCursor;
  }
  return found;
}

/** Three videos that every sort puts in a different order. */
async function library(): Promise<{ app: TestApp; userId: string }> {
  const { app, userId } = await newAccount();
  const rows = [
    { title: "Áncora", views: 2, duration: 30, sourceBytes: 100, tags: ["Sea", "Größe"] },
    { title: "boats at noon", views: 9, duration: null, sourceBytes: 0, tags: ["sea"] },
    { title: "Cliffs", views: 2, duration: 90, sourceBytes: 300, tags: [] },
  ];
  for (const [day, row] of rows.entries())
    await newVideo(userId, { ...row, createdAt: START + day * DAY_MS });
  return { app, userId };
}

const ORDERS: Record<VideoSort, string> = {
  newest: "C b Á",
  oldest: "Á b C",
  title: "b C Á",
  "title-desc": "Á C b",
  popular: "b C Á",
  "least-viewed": "Á C b",
  longest: "C Á b",
  shortest: "b Á C",
  largest: "C Á b",
  smallest: "b Á C",
};

test("a creator lists their own videos in every order, page by page, with and without search words", async () => {
  const { app } = await library();
  for (const sort of VIDEO_SORTS) {
    const initials = (found: string[]) => found.map((title) => title.slice(0, 1)).join(" ");
    expect([sort, initials(await walk(app, `sort=${sort}`))]).toEqual([sort, ORDERS[sort]]);
    const withWords = initials(await walk(app, `sort=${sort}&q=c`));
    expect([sort, withWords]).toEqual([sort, ORDERS[sort].replace(/b ?/, "").trim()]);
  }
});

test("a creator finds their own videos by words of titles and tags, ignoring case and accents", async () => {
  const { app } = await library();
  for (const [q, expected] of [
    ["ancora", ["Áncora"]],
    ["SEA", ["boats at noon", "Áncora"]],
    ["noon sea", ["boats at noon"]],
    ["grosse", ["Áncora"]],
    ["noon cliffs", []],
    [" ", ["Cliffs", "boats at noon", "Áncora"]],
  ] as const)
    expect([q, await titles(app, `q=${encodeURIComponent(q)}`)]).toEqual([q, expected]);
});

test("a creator filters their own videos by date, problems and playlist, alone or combined", async () => {
  const { app, userId } = await library();
  const after = new Date(START + DAY_MS).toISOString();
  expect(await titles(app, `createdAfter=${after}`)).toEqual(["Cliffs", "boats at noon"]);
  expect(await titles(app, `createdBefore=${after}&sort=title`)).toEqual(["Áncora"]);

  const [failed, lost, hidden] = [
    await newVideo(userId, { title: "Failed", state: "failed", errorCode: "x" }),
    await newVideo(userId, { title: "Lost" }),
    await newVideo(userId, { title: "Hidden", hiddenAt: 1, visibility: "private" }),
  ];
  await env.CATALOG.prepare(
    "INSERT INTO storage_checks (video_id, problem) VALUES (?, 'source_lost'), (?, NULL)",
  )
    .bind(lost, failed)
    .run();
  expect(await titles(app, "problems=true&sort=title")).toEqual(["Failed", "Hidden", "Lost"]);
  expect(await titles(app, "problems=true&visibility=private")).toEqual(["Hidden"]);
  expect(await titles(app, "problems=true&state=failed&q=fail")).toEqual(["Failed"]);

  const created = await call(app, "POST", "/v1/playlists", { title: "Evenings" });
  const { id } = await created.json<Playlist>();
  for (const videoId of [hidden, lost])
    await call(app, "PUT", `/v1/playlists/${id}/videos/${videoId}`, {});
  expect(await titles(app, `playlist=${id}&sort=title`)).toEqual(["Hidden", "Lost"]);
  expect(await titles(app, `playlist=${id}&q=lost`)).toEqual(["Lost"]);

  // Another account's private playlist is not found.
  const other = await newAccount();
  const refused = await call(other.app, "GET", `/v1/videos?creator=me&playlist=${id}`);
  expect((await problemOf(refused)).code).toBe("not_found");
});

test("filters of one's own list are refused for other lists", async () => {
  const { userId } = await library();
  for (const query of [
    "q=sea",
    "problems=true",
    "sort=largest",
    `createdAfter=${new Date(START).toISOString()}`,
  ])
    for (const creator of ["", `&creator=${userId}`]) {
      const problem = await problemOf(
        await call(anonymous, "GET", `/v1/videos?${query}${creator}`),
      );
      expect(problem).toMatchObject({ code: "invalid_request", status: 400 });
      expect(problem.detail).toContain("creator=me");
    }
});

test("the list of one's own videos contains no video of another account", async () => {
  await library();
  const other = await newAccount();
  expect(await titles(other.app, "q=sea")).toEqual([]);
  expect(await titles(other.app, "sort=longest")).toEqual([]);
});
