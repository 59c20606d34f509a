import { eq } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { VideoPage } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { captions } from "../db/schema.ts";
import { tasks } from "../db/transcoding-schema.ts";
import {
  anonymous,
  beginTranscode,
  call,
  HIDDEN,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

async function list(app: TestApp, query: string) {
  const response = await call(app, "GET", `/v1/videos?${query}`);
  expect(response.status).toBe(200);
  return VideoPage.parse(await response.json());
}

test("lists contain only public videos, and the creator's own list contains all", async () => {
  const { app, userId } = await newAccount();
  const shown = await newVideo(userId);
  await newVideo(userId, { visibility: "unlisted" });
  for (const change of HIDDEN) await newVideo(userId, change);
  expect((await list(anonymous, `creator=${userId}`)).items.map((video) => video.id)).toEqual([
    shown,
  ]);
  expect((await list(app, `creator=${userId}&state=failed`)).items).toEqual([]);
  expect((await list(app, "creator=me")).items).toHaveLength(HIDDEN.length + 1);
  const failed = (await list(app, "creator=me&state=failed")).items;
  expect(failed.map((video) => video.error)).toEqual([{ code: "damaged", detail: "Broken." }]);
  expect((await problemOf(await call(anonymous, "GET", "/v1/videos?creator=me"))).code).toBe(
    "unauthenticated",
  );
});

test("pages have no gaps and no repetitions in any order, also among equal values", async () => {
  const { userId } = await newAccount();
  const titles = ["b", "A", "c", "a", "B", "ä"];
  const ids = await Promise.all(
    titles.map((title, i) =>
      newVideo(userId, { title, views: i % 2, publishedAt: 1000 + (i % 3) }),
    ),
  );
  for (const sort of ["newest", "oldest", "title", "popular"]) {
    const whole = (await list(anonymous, `creator=${userId}&sort=${sort}`)).items.map(
      (video) => video.id,
    );
    expect(whole.toSorted()).toEqual(ids.toSorted());
    const paged: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = await list(
        anonymous,
        `creator=${userId}&sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      paged.push(...page.items.map((video) => video.id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole);
  }
  const { nextCursor } = await list(anonymous, `creator=${userId}&limit=2`);
  for (const query of [`sort=title&cursor=${nextCursor}`, "cursor=abc", `cursor=${nextCursor}x`]) {
    expect((await problemOf(await call(anonymous, "GET", `/v1/videos?${query}`))).code).toBe(
      "invalid_cursor",
    );
  }
});

test("list entries have the creator, caption languages and progress", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { state: "processing", visibility: "private" });
  const db = catalog(env);
  for (const language of ["en", "de"]) {
    await db.insert(captions).values({
      videoId: id,
      language,
      label: language,
      key: language,
      origin: "uploaded",
      cues: 1,
      revision: 1,
      updatedAt: 1,
    });
  }
  await beginTranscode(id, userId);
  await db.update(tasks).set({ progress: 0.5 }).where(eq(tasks.videoId, id));
  const [video] = (await list(app, "creator=me")).items;
  expect(video).toMatchObject({ captionLanguages: ["de", "en"], progress: 0.5 });
});
