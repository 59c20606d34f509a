import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import type {
  AppealPage,
  BannedSourcePage,
  ModerationHistory,
  RulingPage,
  VideoModeration,
} from "../contract/moderation.ts";
import type { Video } from "../contract/videos.ts";
import { banSource, findBanned } from "../db/banned-sources.ts";
import { catalog, runBatch } from "../db/client.ts";
import { noteSourceHash } from "../db/storage-checks.ts";
import { LIMITS } from "../domain/limits.ts";
import { hashSource } from "../jobs/storage/hash-source.ts";
import { devMails } from "../services/mailer.ts";

const admin = await newAccount("admin");

const rule = (id: string, ruling: object) =>
  call(admin.app, "POST", `/v1/admin/videos/${id}/rulings`, { reason: "spam", ...ruling });
const change = (app: TestApp, id: string, patch: object) =>
  call(app, "PATCH", `/v1/videos/${id}`, patch);
const isVisible = async (id: string) =>
  (await call(anonymous, "GET", `/v1/videos/${id}`)).status === 200;

async function get<T>(app: TestApp, path: string): Promise<T> {
  const answer = await call(app, "GET", path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json<T>();
}

const ofVideo = (app: TestApp, id: string) =>
  get<VideoModeration>(app, `/v1/videos/${id}/moderation`);
const historyOf = (id: string) =>
  get<ModerationHistory>(admin.app, `/v1/admin/videos/${id}/moderation`);
const appealOf = async (videoId: string) =>
  (await get<AppealPage>(admin.app, "/v1/admin/appeals?limit=100")).items.find(
    ({ video }) => video.id === videoId,
  );

test("the creator of a hidden video can appeal once, and a moderator can restore the video", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId, { title: "Lamps" });
  await call(anonymous, "POST", `/v1/videos/${id}/reports`, { reason: "hate" });
  const { items } = await get<{ items: { id: string; video: { id: string } }[] }>(
    admin.app,
    "/v1/admin/reports?limit=100",
  );
  const report = items.find(({ video }) => video.id === id)!;
  await call(admin.app, "POST", `/v1/admin/reports/${report.id}/hide`);
  expect(await isVisible(id)).toBe(false);

  const [ruling] = (await ofVideo(creator.app, id)).rulings;
  expect(ruling).toMatchObject({ action: "hide", reason: "hate", canAppeal: true, verdict: null });
  // Creators do not learn which moderator decided.
  expect(JSON.stringify(ruling)).not.toContain(admin.userId);
  const appeal = (app: TestApp) =>
    call(app, "POST", `/v1/rulings/${ruling!.id}/appeal`, { text: "These are lamps." });
  expect((await appeal((await newAccount("creator")).app)).status).toBe(404);
  expect((await appeal(creator.app)).status).toBe(204);
  expect(await problemOf(await appeal(creator.app))).toMatchObject({ code: "conflict" });

  const waiting = await appealOf(id);
  expect(waiting).toMatchObject({
    appeal: { text: "These are lamps." },
    moderator: { id: admin.userId },
    creator: { id: creator.userId },
  });
  const judge = () =>
    call(admin.app, "POST", `/v1/admin/rulings/${ruling!.id}/verdict`, {
      verdict: "restored",
      text: "Right.",
    });
  expect((await judge()).status).toBe(204);
  expect(await problemOf(await judge())).toMatchObject({ code: "conflict" });
  expect([await isVisible(id), await appealOf(id)]).toEqual([true, undefined]);
  const own = await get<RulingPage>(creator.app, "/v1/me/rulings");
  expect(own.items).toMatchObject([
    { video: { id, title: "Lamps" }, canAppeal: false, verdict: { verdict: "restored" } },
  ]);
});

test("an appeal that is refused leaves the video hidden", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId);
  await rule(id, { action: "hide", text: "Not here." });
  const [ruling] = (await ofVideo(creator.app, id)).rulings;
  const judge = (verdict: string) =>
    call(admin.app, "POST", `/v1/admin/rulings/${ruling!.id}/verdict`, { verdict });
  // No appeal was made.
  expect(await problemOf(await judge("upheld"))).toMatchObject({ code: "conflict" });
  await call(creator.app, "POST", `/v1/rulings/${ruling!.id}/appeal`, { text: "Why?" });
  expect((await judge("upheld")).status).toBe(204);
  expect(await isVisible(id)).toBe(false);
  expect((await change(creator.app, id, { visibility: "public" })).status).toBe(403);
});

test("the creator of a restricted video cannot lift its limits", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId, { maturityRating: "all" });
  expect((await rule(id, { action: "restrict" })).status).toBe(400);
  const limits = { minRating: "16", unlisted: true };
  expect((await rule(id, { action: "restrict", ...limits })).status).toBe(204);
  const video = await get<Video>(creator.app, `/v1/videos/${id}`);
  expect([video.visibility, video.maturityRating]).toEqual(["unlisted", "16"]);
  expect((await ofVideo(creator.app, id)).limits).toEqual(limits);

  for (const patch of [
    { visibility: "public" },
    { maturityRating: "12" },
    { maturityRating: null },
  ])
    expect(await problemOf(await change(creator.app, id, patch))).toMatchObject({
      code: "forbidden",
    });
  const edit = { kind: "change", visibility: "public" };
  const bulk = await call(creator.app, "POST", "/v1/videos/bulk", { ids: [id], edit });
  expect(await bulk.json()).toMatchObject({ items: [{ id, error: { code: "forbidden" } }] });
  expect((await change(creator.app, id, { maturityRating: "18" })).status).toBe(200);

  const [ruling] = (await historyOf(id)).rulings;
  await call(admin.app, "POST", `/v1/admin/rulings/${ruling!.id}/verdict`, {
    verdict: "restored",
  });
  const restored = await get<Video>(creator.app, `/v1/videos/${id}`);
  // The creator's own rating is kept.
  expect([restored.visibility, restored.maturityRating]).toEqual(["public", "18"]);
  expect((await ofVideo(creator.app, id)).limits).toBeNull();
});

test("a video deleted by a moderator goes to the bin and stays hidden when its creator restores it", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId);
  expect((await rule(id, { action: "delete" })).status).toBe(204);
  expect((await call(creator.app, "GET", `/v1/videos/${id}`)).status).toBe(404);
  const [ruling] = (await get<RulingPage>(creator.app, "/v1/me/rulings")).items;
  expect(ruling).toMatchObject({ action: "delete", canAppeal: true, video: { id } });
  await call(creator.app, "POST", `/v1/videos/${id}/restore`);
  expect((await change(creator.app, id, { visibility: "public" })).status).toBe(403);
  await call(creator.app, "DELETE", `/v1/videos/${id}`);
  await call(admin.app, "POST", `/v1/admin/rulings/${ruling!.id}/verdict`, {
    verdict: "restored",
  });
  expect(await isVisible(id)).toBe(true);
});

test("a moderator's message reaches the creator by mail and in the studio without changing the video", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId, { title: "Ferry" });
  await env.CATALOG.prepare("UPDATE user SET email_verified = 1 WHERE id = ?")
    .bind(creator.userId)
    .run();
  expect((await rule(id, { action: "message" })).status).toBe(400);
  expect((await rule(id, { action: "message", text: "Mind the tags." })).status).toBe(204);
  expect(await isVisible(id)).toBe(true);
  const [ruling] = (await ofVideo(creator.app, id)).rulings;
  expect(ruling).toMatchObject({ action: "message", text: "Mind the tags.", canAppeal: false });
  const mail = devMails.find(({ to }) => to === `${creator.userId}@example.com`);
  expect(mail?.subject).toContain("Ferry");
  expect(mail?.text).toContain("Mind the tags.");
});

test("a banned file is refused when it is uploaded again, until it is allowed", async () => {
  const db = catalog(env);
  const creator = await newAccount("creator");
  const bytes = new TextEncoder().encode(`a banned file ${creator.userId}`);
  const videoWithFile = async (sourceKey: string) => {
    await env.MEDIA.put(sourceKey, bytes);
    return newVideo(creator.userId, { sourceKey, sourceBytes: bytes.length });
  };
  const id = await videoWithFile(`sources/banned/${creator.userId}`);
  const ban = { action: "hide", banSource: true };
  // The file has not been read yet.
  expect(await problemOf(await rule(id, ban))).toMatchObject({ code: "conflict" });
  await hashSource(env, id, Date.now());
  expect((await rule(id, ban)).status).toBe(204);
  expect((await historyOf(id)).isBanned).toBe(true);

  const again = await videoWithFile(`sources/again/${creator.userId}`);
  await hashSource(env, again, Date.now());
  const video = await get<Video>(creator.app, `/v1/videos/${again}`);
  expect([video.state, video.error?.code, video.visibility]).toEqual([
    "failed",
    "banned_source",
    "private",
  ]);
  const retried = await call(creator.app, "POST", `/v1/videos/${again}/retry`);
  expect(await problemOf(retried)).toMatchObject({ status: 422, code: "banned_source" });
  // The first one is kept for its appeal.
  await hashSource(env, id, Date.now() + 7_200_000);
  expect((await get<Video>(creator.app, `/v1/videos/${id}`)).state).toBe("ready");

  const list = await get<BannedSourcePage>(admin.app, "/v1/admin/banned-sources?limit=100");
  const { sha256 } = list.items.find(({ videoId }) => videoId === id)!;
  expect((await call(admin.app, "DELETE", `/v1/admin/banned-sources/${sha256}`)).status).toBe(204);
  const third = await videoWithFile(`sources/third/${creator.userId}`);
  await noteSourceHash(db, third, sha256, 1);
  await hashSource(env, third, Date.now());
  expect((await get<Video>(creator.app, `/v1/videos/${third}`)).state).toBe("ready");
});

test("titles, descriptions and tags with a blocked word are refused", async () => {
  const strict = { ...env, BLOCKED_SEARCH_WORDS: "casino poker" };
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId);
  const edit = (patch: object) => call(creator.app, "PATCH", `/v1/videos/${id}`, patch, {}, strict);
  for (const patch of [
    { title: "The best CASINOS" },
    { description: "Play póker here" },
    { tags: ["harbour", "poker"] },
  ]) {
    const problem = await problemOf(await edit(patch));
    expect(problem).toMatchObject({ status: 422, code: "blocked_words" });
    expect(problem.errors?.map(({ path }) => path)).toEqual([`body.${Object.keys(patch)[0]}`]);
  }
  expect((await edit({ title: "Moby Dick" })).status).toBe(200);
  const file = { filename: "x.mp4", size: 10, contentType: "video/mp4", title: "Poker night" };
  const upload = await call(creator.app, "POST", "/v1/uploads", file, {}, strict);
  expect(await problemOf(upload)).toMatchObject({ code: "blocked_words" });
});

test("rulingsPerVideo: the oldest ruling is deleted, but never one that is under appeal", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId);
  await rule(id, { action: "hide" });
  const [first] = (await ofVideo(creator.app, id)).rulings;
  await call(creator.app, "POST", `/v1/rulings/${first!.id}/appeal`, { text: "Why?" });
  await env.CATALOG.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     INSERT INTO rulings (id, video_id, owner_id, moderator_id, action, reason, text, visibility_before, created_at)
     SELECT ?1 || i, ?1, 'x', 'x', 'message', 'spam', 'x', 'public', 4e12 FROM n`,
  )
    .bind(id, LIMITS.rulingsPerVideo)
    .run();
  await rule(id, { action: "message", text: "One more." });
  const { rulings } = await ofVideo(creator.app, id);
  expect(rulings).toHaveLength(LIMITS.rulingsPerVideo + 1);
  expect(rulings.at(-1)?.id).toBe(first!.id);
});

test("bannedSources: no more files can be banned beyond the limit", async () => {
  const db = catalog(env);
  const id = await newVideo("x");
  const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    INSERT INTO banned_sources (sha256, bytes, video_id, reason, created_at) SELECT 'full' || i, 1, 'x', 'spam', 1 FROM n`;
  await env.CATALOG.prepare(fill).bind(LIMITS.bannedSources).run();
  const ban = { sha256: "ab".repeat(32), videoId: id, reason: "spam", createdAt: 2 } as const;
  await runBatch(db, [banSource(db, ban)]);
  expect(await findBanned(db, ban.sha256)).toBeNull();
  await env.CATALOG.prepare("DELETE FROM banned_sources WHERE sha256 LIKE 'full%'").run();
  await runBatch(db, [banSource(db, ban)]);
  expect(await findBanned(db, ban.sha256)).toMatchObject(ban);
});
