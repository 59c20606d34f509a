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
import type { Report, ReportPage } from "../contract/reports.ts";
import type { Video } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { reports } from "../db/report-schema.ts";
import { LIMITS } from "../domain/limits.ts";
import { newId } from "../domain/id.ts";
import { deleteAccountContents } from "../services/accounts.ts";

const report = (app: TestApp, id: string, body: object = {}, address = "203.0.113.7") =>
  call(
    app,
    "POST",
    `/v1/videos/${id}/reports`,
    { reason: "spam", ...body },
    {
      "cf-connecting-ip": address,
    },
  );

async function reportsOf(videoId: string): Promise<Report[]> {
  const admin = await newAccount("admin");
  const all: Report[] = [];
  let cursor = "";
  for (;;) {
    const answer = await call(admin.app, "GET", `/v1/admin/reports?limit=100${cursor}`);
    const page = await answer.json<ReportPage>();
    all.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  return all.filter(({ video }) => video.id === videoId);
}

test("anyone reports a video once, and a second report replaces the first", async () => {
  const { userId } = await newAccount("creator");
  const id = await newVideo(userId, { title: "Cheap lamps" });
  const viewer = await newAccount("viewer");
  for (const text of ["First", "Second"])
    expect((await report(viewer.app, id, { text })).status).toBe(204);
  for (const address of ["203.0.113.7", "203.0.113.7", "203.0.113.8"])
    expect((await report(anonymous, id, { reason: "hate" }, address)).status).toBe(204);
  const found = await reportsOf(id);
  expect(found.map(({ reason }) => reason).toSorted()).toEqual(["hate", "hate", "spam"]);
  expect(found.find(({ reason }) => reason === "spam")).toMatchObject({
    text: "Second",
    ofVideo: 3,
    video: { title: "Cheap lamps", creator: { id: userId, name: `Name of ${userId}` } },
  });
  // Nobody is told who reported.
  expect(JSON.stringify(found)).not.toContain(viewer.userId);
  await deleteAccountContents(env, viewer.userId);
  expect(await reportsOf(id)).toHaveLength(2);
});

test("a report needs a reason that exists and a video that the reporter may see", async () => {
  const id = await newVideo("x");
  const bad = await report(anonymous, id, { reason: "boring" });
  expect(await problemOf(bad)).toMatchObject({ status: 400, code: "invalid_request" });
  const hidden = await report(anonymous, await newVideo("x", { visibility: "private" }));
  expect(await problemOf(hidden)).toMatchObject({ status: 404, code: "not_found" });
});

test("openReportsPerReporter, openReportsPerVideo: no report is stored beyond the limits", async () => {
  const viewer = await newAccount("viewer");
  const last = await newVideo("x");
  for (let count = 0; count < LIMITS.openReportsPerReporter; count++)
    expect((await report(viewer.app, await newVideo("x"))).status).toBe(204);
  const refused = await report(viewer.app, last);
  expect(await problemOf(refused)).toMatchObject({ status: 409, code: "limit_reached" });
  const row = { videoId: last, reason: "spam", text: "", createdAt: 1 } as const;
  const rows = Array.from({ length: LIMITS.openReportsPerVideo }, () => ({
    ...{ ...row, id: newId(), reporter: newId() },
  }));
  // D1 takes a hundred parameters per statement.
  for (let index = 0; index < rows.length; index += 10)
    await catalog(env)
      .insert(reports)
      .values(rows.slice(index, index + 10));
  expect((await report(anonymous, last)).status).toBe(204);
  expect(await reportsOf(last)).toHaveLength(LIMITS.openReportsPerVideo);
});

test("a moderator dismisses a report or hides the video, and the creator cannot unhide it", async () => {
  const admin = await newAccount("admin");
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId);
  await report(anonymous, id);
  const [first] = await reportsOf(id);
  expect((await call(admin.app, "DELETE", `/v1/admin/reports/${first!.id}`)).status).toBe(204);
  expect(await reportsOf(id)).toEqual([]);

  for (const address of ["203.0.113.7", "203.0.113.8"]) await report(anonymous, id, {}, address);
  const [again] = await reportsOf(id);
  expect((await call(admin.app, "POST", `/v1/admin/reports/${again!.id}/hide`)).status).toBe(204);
  expect(await reportsOf(id)).toEqual([]);
  expect((await call(anonymous, "GET", `/v1/videos/${id}`)).status).toBe(404);
  const show = (app: TestApp) => call(app, "PATCH", `/v1/videos/${id}`, { visibility: "public" });
  expect(await problemOf(await show(creator.app))).toMatchObject({
    status: 403,
    code: "forbidden",
  });
  const own = await (await call(creator.app, "GET", `/v1/videos/${id}`)).json<Video>();
  expect([own.visibility, own.problem?.code]).toEqual(["private", "hidden_by_moderator"]);
  const renamed = await call(creator.app, "PATCH", `/v1/videos/${id}`, { title: "Other" });
  expect(renamed.status).toBe(200);
  expect((await show(admin.app)).status).toBe(200);
  expect((await show(creator.app)).status).toBe(200);
});
