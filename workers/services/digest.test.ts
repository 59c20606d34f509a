import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";
import { Digest } from "../contract/digest.ts";
import { sendDigests } from "../jobs/publishing/send-digests.ts";
import { deleteAccountContents } from "./accounts.ts";
import { exportAccount } from "./account-export.ts";
import { devMails } from "./mailer.ts";

type Account = Awaited<ReturnType<typeof newAccount>>;

const DAY_MS = 86_400_000;

beforeEach(async () => {
  devMails.length = 0;
  await env.CATALOG.prepare("DELETE FROM digests").run();
});

/** A viewer with a confirmed address, who follows a creator. */
async function follower(): Promise<{ viewer: Account; creator: Account }> {
  const [viewer, creator] = [await newAccount("viewer"), await newAccount()];
  await env.CATALOG.prepare("UPDATE user SET email_verified = 1 WHERE id = ?")
    .bind(viewer.userId)
    .run();
  await newVideo(creator.userId, { title: "Before the follow", publishedAt: 1 });
  await call(viewer.app, "PUT", `/v1/me/follows/${creator.userId}`);
  return { viewer, creator };
}
const setDigest = async ({ app }: Account, enabled: boolean) =>
  Digest.parse(await (await call(app, "PUT", "/v1/me/digest", { enabled })).json());
const mailsTo = ({ userId }: Account) =>
  devMails.filter(({ to }) => to === `${userId}@example.com`);

test("subscribers get new videos by mail once a week, and no mail when there are none", async () => {
  const { viewer, creator } = await follower();
  expect(await setDigest(viewer, true)).toEqual({ enabled: true, available: true });
  const week = Date.now() + 7 * DAY_MS;
  await sendDigests(env, week + 1000);
  expect(mailsTo(viewer)).toEqual([]);
  const id = await newVideo(creator.userId, { title: "Gulls", publishedAt: week + 2 * DAY_MS });
  await newVideo(creator.userId, { visibility: "private", publishedAt: week + 2 * DAY_MS });
  // Not due yet.
  await sendDigests(env, week + 3 * DAY_MS);
  expect(mailsTo(viewer)).toEqual([]);
  await sendDigests(env, week + 7 * DAY_MS + 2000);
  await sendDigests(env, week + 7 * DAY_MS + 2000);
  expect(mailsTo(viewer)).toMatchObject([{ subject: "New on Kinora: Gulls" }]);
  const [mail] = mailsTo(viewer);
  expect(mail?.text).toContain(`/watch/${id}`);
  expect(mail?.text).not.toContain("Before the follow");
  expect(mail?.headers?.["list-unsubscribe-post"]).toBe("List-Unsubscribe=One-Click");
});

test("two concurrent runs send one mail", async () => {
  const { viewer, creator } = await follower();
  await setDigest(viewer, true);
  const due = Date.now() + 7 * DAY_MS + 1000;
  await newVideo(creator.userId, { publishedAt: due - DAY_MS });
  await Promise.all([sendDigests(env, due), sendDigests(env, due)]);
  expect(mailsTo(viewer)).toHaveLength(1);
});

test("the unsubscribe link of a mail works without signing in, and an altered link does not", async () => {
  const { viewer, creator } = await follower();
  await setDigest(viewer, true);
  const due = Date.now() + 7 * DAY_MS + 1000;
  await newVideo(creator.userId, { publishedAt: due - DAY_MS });
  await sendDigests(env, due);
  const [, path = ""] =
    /<https?:\/\/[^/]+(.+)>/.exec(mailsTo(viewer)[0]?.headers?.["list-unsubscribe"] ?? "") ?? [];
  const forged = `/v1/unsubscribe?token=${viewer.userId}.${"0".repeat(64)}`;
  expect(await problemOf(await call(anonymous, "POST", forged))).toMatchObject({ status: 400 });
  // Sent as mail programs do.
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const sent = await call(anonymous, "POST", path, "List-Unsubscribe=One-Click", form);
  expect(sent.status).toBe(204);
  expect((await exportAccount(env, viewer.userId)).weeklyMail).toBe(false);
  await sendDigests(env, due + 8 * DAY_MS);
  expect(mailsTo(viewer)).toHaveLength(1);
});

test("unconfirmed addresses and deleted accounts get no weekly mail", async () => {
  const stranger = await newAccount("viewer");
  const refused = await call(stranger.app, "PUT", "/v1/me/digest", { enabled: true });
  expect(await problemOf(refused)).toMatchObject({ status: 409, code: "conflict" });
  const { viewer } = await follower();
  await setDigest(viewer, true);
  await deleteAccountContents(env, viewer.userId);
  const left = await env.CATALOG.prepare("SELECT count(*) AS n FROM digests").first<number>("n");
  expect(left).toBe(0);
});
