import { env, exports } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  anonymous,
  appAs,
  call,
  newAccount,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import { insertVideo, ORIGIN } from "../../tests/support/worker/media.ts";
import type { Playback } from "../contract/playback.ts";
import type { AccessLink, Unlocked, VideoAccess } from "../contract/video-access.ts";
import type { Watch } from "../contract/watch.ts";
import { catalog, runBatch } from "../db/client.ts";
import { forgetContent } from "../db/videos.ts";
import { hasWaysIn } from "../db/video-access.ts";
import { keyOfLink, writePass } from "../domain/access-pass.ts";
import { LIMITS } from "../domain/limits.ts";
import { MAX_ATTEMPTS_PER_ADDRESS } from "../domain/video-password.ts";
import { devMails } from "../services/mailer.ts";

const PASSWORD = "harbour at dawn";
const HOUR_MS = 3_600_000;

let creator: Awaited<ReturnType<typeof newAccount>>;
let id: string;
/** Each test has its own address, since attempts are counted per address. */
let address = 0;

// Time never goes backwards, which the shared isolate of all tests would not expect.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());
beforeEach(async () => {
  creator = await newAccount();
  id = await insertVideo({ ownerId: creator.userId, visibility: "private", title: "Secret gulls" });
  await env.MEDIA.put(`${id}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  address++;
});

const manage = (method: string, path: string, json?: unknown) =>
  call(creator.app, method, `/v1/videos/${id}/access${path}`, json);
const setPassword = (password: string | null) => manage("PUT", "/password", { password });
const unlock = (json: object, from = `192.0.2.${address}`) =>
  call(anonymous, "POST", `/v1/videos/${id}/unlock`, json, { "cf-connecting-ip": from });
const passFor = async (json: object) => (await (await unlock(json)).json<Unlocked>()).pass;
const watch = (app: TestApp, pass?: string) =>
  call(app, "POST", `/v1/videos/${id}/watch`, {}, pass ? { "kinora-pass": pass } : {});
const codeOf = async (response: Response) => (await problemOf(response)).code;
async function createLink(expiresInMs = HOUR_MS): Promise<AccessLink> {
  const expiresAt = new Date(Date.now() + expiresInMs).toISOString();
  return (await manage("POST", "/links", { name: "Ada", expiresAt })).json<AccessLink>();
}
const keyIn = ({ url }: AccessLink) => new URL(url).searchParams.get("key")!;
const getAccess = async () => (await manage("GET", "")).json<VideoAccess>();
/** An account with a confirmed address. */
async function member(verified = true) {
  const account = await newAccount("viewer");
  const email = `${account.userId}@example.com`.toLowerCase();
  await env.CATALOG.prepare("UPDATE user SET email = ?, email_verified = ? WHERE id = ?")
    .bind(email, verified ? 1 : 0, account.userId)
    .run();
  return { ...account, email };
}
/** Lets the isolate's copy of the delivery log become too old to be used without a refresh. */
const letTheLogAge = (): void => void vi.setSystemTime(Date.now() + 50_000);
async function plays({ hls }: Playback): Promise<boolean> {
  const response = await exports.default.fetch(`${ORIGIN}${hls}`);
  await response.arrayBuffer();
  return response.status === 200;
}

describe("a private video without a password, links or invited accounts", () => {
  test("is not found for others, with or without a pass", async () => {
    const until = Date.now() + HOUR_MS;
    const forged = { videoId: id, via: "password", id: "0".repeat(22), until } as const;
    const pass = await writePass(env.BETTER_AUTH_SECRET, forged);
    expect(await codeOf(await watch(anonymous))).toBe("not_found");
    expect(await codeOf(await watch(anonymous, pass))).toBe("not_found");
    expect(await codeOf(await unlock({ password: PASSWORD }))).toBe("not_found");
    const key = await keyOfLink(env.BETTER_AUTH_SECRET, "0".repeat(22));
    expect(await codeOf(await unlock({ key }))).toBe("access_link_ended");
  });
});

describe("a password", () => {
  test("is asked for without revealing the video, and gives access to it", async () => {
    expect((await setPassword(PASSWORD)).status).toBe(204);
    const closed = await watch(anonymous);
    expect(closed.status).toBe(403);
    const text = await closed.clone().text();
    expect(await codeOf(closed)).toBe("password_required");
    expect(text).not.toContain("gulls");
    const pass = await passFor({ password: PASSWORD });
    const { video, playback } = await (await watch(anonymous, pass)).json<Watch>();
    expect([video.title, await plays(playback!)]).toEqual(["Secret gulls", true]);
    const get = await call(anonymous, "GET", `/v1/videos/${id}`, undefined, {
      "kinora-pass": pass,
    });
    expect(get.status).toBe(200);
    expect(JSON.stringify(await getAccess())).not.toContain(PASSWORD);
  });

  test("gives access to no other video", async () => {
    await setPassword(PASSWORD);
    const pass = await passFor({ password: PASSWORD });
    id = await insertVideo({ ownerId: creator.userId, visibility: "private" });
    await setPassword("something else");
    expect(await codeOf(await watch(anonymous, pass))).toBe("password_required");
  });

  test("stops working, with its playbacks, when it is changed or removed", async () => {
    await setPassword(PASSWORD);
    const pass = await passFor({ password: PASSWORD });
    const { playback } = await (await watch(anonymous, pass)).json<Watch>();
    letTheLogAge();
    expect(await plays(playback!)).toBe(true);
    await setPassword("another password");
    letTheLogAge();
    expect(await plays(playback!)).toBe(false);
    expect(await codeOf(await watch(anonymous, pass))).toBe("password_required");
    await setPassword(null);
    expect(await codeOf(await watch(anonymous, pass))).toBe("not_found");
  });

  test("cannot be guessed: attempts are limited per address and in total", async () => {
    await setPassword(PASSWORD);
    for (let attempt = 0; attempt < MAX_ATTEMPTS_PER_ADDRESS; attempt++)
      expect(await codeOf(await unlock({ password: "wrong" }))).toBe("wrong_password");
    const refused = await unlock({ password: PASSWORD });
    expect(refused.headers.get("retry-after")).toBe("900");
    expect(await codeOf(refused)).toBe("password_paused");
    expect((await unlock({ password: PASSWORD }, `198.51.100.${address}`)).status).toBe(200);
    await env.CATALOG.prepare(`UPDATE rate_limit SET count = 300 WHERE key = ?`)
      .bind(`video-password|${id}`)
      .run();
    const other = await unlock({ password: PASSWORD }, `203.0.113.${address}`);
    expect(await codeOf(other)).toBe("password_paused");
  });

  test("stops working once a moderator has hidden the video or its creator has deleted it", async () => {
    await setPassword(PASSWORD);
    const pass = await passFor({ password: PASSWORD });
    await env.CATALOG.prepare("UPDATE videos SET hidden_at = 1 WHERE id = ?").bind(id).run();
    expect(await codeOf(await watch(anonymous, pass))).toBe("not_found");
    expect(await codeOf(await unlock({ password: PASSWORD }))).toBe("not_found");
    await runBatch(catalog(env), forgetContent(catalog(env), id));
    expect(await hasWaysIn(catalog(env), id)).toBe(false);
  });
});

describe("a link", () => {
  test("gives access to the video until it expires, and no playback lasts longer", async () => {
    const link = await createLink(600_000);
    expect(await codeOf(await watch(anonymous))).toBe("not_found");
    const pass = await passFor({ key: keyIn(link) });
    const { playback } = await (await watch(anonymous, pass)).json<Watch>();
    expect(playback!.expiresIn).toBeLessThanOrEqual(600);
    const [listed] = (await getAccess()).links;
    expect(listed).toMatchObject({ name: "Ada", url: link.url, uses: 1 });
    expect(listed?.lastUsedAt).not.toBeNull();
    vi.setSystemTime(Date.now() + 601_000);
    expect(await codeOf(await watch(anonymous, pass))).toBe("not_found");
    expect(await codeOf(await unlock({ key: keyIn(link) }))).toBe("access_link_ended");
    expect(await plays(playback!)).toBe(false);
  });

  test("stops working, with its playbacks, when it is revoked, and other links still work", async () => {
    const [link, other] = [await createLink(), await createLink()];
    const pass = await passFor({ key: keyIn(link) });
    const { playback } = await (await watch(anonymous, pass)).json<Watch>();
    expect((await manage("DELETE", `/links/${link.id}`)).status).toBe(204);
    letTheLogAge();
    expect(await plays(playback!)).toBe(false);
    expect(await codeOf(await watch(anonymous, pass))).toBe("not_found");
    const pass2 = await passFor({ key: keyIn(other) });
    const again = await (await watch(anonymous, pass2)).json<Watch>();
    expect(await plays(again.playback!)).toBe(true);
    expect((await manage("DELETE", `/links/${link.id}`)).status).toBe(404);
  });

  test("cannot be forged, and expires within a year", async () => {
    const link = await createLink();
    const [linkId] = keyIn(link).split(".");
    const code = await codeOf(await unlock({ key: `${linkId}.${"0".repeat(64)}` }));
    expect(code).toBe("access_link_ended");
    for (const expiresInMs of [-1000, 400 * 86_400_000]) {
      const expiresAt = new Date(Date.now() + expiresInMs).toISOString();
      const refused = await manage("POST", "/links", { name: "x", expiresAt });
      expect((await problemOf(refused)).errors?.[0]?.path).toBe("body.expiresAt");
    }
  });
});

describe("an invited account", () => {
  test("may watch while signed in with a confirmed address, until it is removed", async () => {
    const guest = await member();
    const stranger = await member();
    await manage("POST", "/accounts", { emails: [guest.email.toUpperCase()], notify: false });
    expect(await codeOf(await watch(anonymous))).toBe("invitation_required");
    expect(await codeOf(await watch(stranger.app))).toBe("invitation_required");
    const { playback } = await (await watch(guest.app)).json<Watch>();
    letTheLogAge();
    expect(await plays(playback!)).toBe(true);
    const [invited] = (await getAccess()).accounts;
    expect(invited).toMatchObject({ email: guest.email });
    expect(invited?.lastUsedAt).not.toBeNull();
    await manage("DELETE", `/accounts/${invited!.id}`);
    letTheLogAge();
    expect(await plays(playback!)).toBe(false);
    expect(await codeOf(await watch(guest.app))).toBe("not_found");
  });

  test("may not watch with an unconfirmed address or with a token without the scope", async () => {
    const guest = await member(false);
    await manage("POST", "/accounts", { emails: [guest.email], notify: false });
    expect(await codeOf(await watch(guest.app))).toBe("invitation_required");
    const confirmed = await member();
    await manage("POST", "/accounts", { emails: [confirmed.email], notify: false });
    const lacking = appAs({ ...confirmed, scopes: new Set(["videos:read"]) });
    expect((await watch(lacking)).status).toBe(403);
  });

  test("is notified by mail once, whether or not the address has an account", async () => {
    const emails = [`new-${id}@example.com`.toLowerCase(), (await member()).email];
    const added = await (await manage("POST", "/accounts", { emails })).json<{ items: object[] }>();
    expect(added.items).toHaveLength(2);
    await manage("POST", "/accounts", { emails });
    const mails = devMails.filter(({ text }) => text.includes(id));
    expect(mails.map(({ to }) => to).toSorted()).toEqual(emails.toSorted());
    expect(mails[0]?.text).toContain(`${env.PUBLIC_ORIGIN}/watch/${id}`);
  });
});

test("lists, feeds, related videos and link previews do not reveal a video with restricted access", async () => {
  await setPassword(PASSWORD);
  const pass = await passFor({ password: PASSWORD });
  const headers = { "kinora-pass": pass };
  const shared = await call(anonymous, "GET", `/v1/videos/${id}/sharing`, undefined, headers);
  expect(await shared.json()).toEqual({ video: null, premiere: null });
  expect(await (await call(anonymous, "GET", `/v1/videos/${id}/sharing`)).json<object>()).toEqual({
    video: null,
    premiere: null,
  });
  const url = encodeURIComponent(`${env.PUBLIC_ORIGIN}/watch/${id}`);
  for (const path of [
    "/v1/videos",
    `/v1/videos?creator=${creator.userId}`,
    "/v1/feed",
    "/v1/search?q=gulls",
    `/oembed?url=${url}`,
    `/v1/creators/${creator.userId}/feed.xml`,
    "/sitemaps/videos.xml?page=0",
  ]) {
    const response = await call(anonymous, "GET", path, undefined, headers);
    expect({ path, text: await response.text() }).toEqual({
      path,
      text: expect.not.stringContaining("Secret gulls") as string,
    });
  }
  const origins = await call(anonymous, "GET", `/internal/embed-origins/${id}`);
  expect(await origins.json()).toEqual({ origins: null });
});

test("the number of links and of invited accounts is limited", async () => {
  const db = catalog(env);
  const rows = (sql: string, count: number) =>
    env.CATALOG.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) ${sql}`,
    )
      .bind(id, count)
      .run();
  await rows(
    `INSERT INTO access_links (id, video_id, name, created_at, expires_at)
     SELECT ?1 || i, ?1, 'x', 1, 9e15 FROM n`,
    LIMITS.accessLinksPerVideo - 1,
  );
  await createLink();
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  const link = await manage("POST", "/links", { name: "x", expiresAt });
  expect(await codeOf(link)).toBe("limit_reached");
  await rows(
    `INSERT INTO video_invitations (id, video_id, email, created_at)
     SELECT ?1 || i, ?1, i || '@example.com', 1 FROM n`,
    LIMITS.invitedAccountsPerVideo - 1,
  );
  // The first account is already invited, so only one is added.
  const fits = await manage("POST", "/accounts", { emails: ["1@example.com", "new@example.com"] });
  expect(fits.status).toBe(201);
  const over = await manage("POST", "/accounts", { emails: ["newer@example.com"] });
  expect(await codeOf(over)).toBe("limit_reached");
  expect(await hasWaysIn(db, id)).toBe(true);
});
