import {
  createExecutionContext,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { Playback } from "../contract/playback.ts";
import { catalog } from "../db/client.ts";
import { libraryOf } from "../db/history.ts";
import { revocations } from "../db/playback-schema.ts";
import {
  anonymous,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";

const db = catalog(env);

/** Posts to a deployment where an account may play two videos at once. */
async function post(
  app: TestApp,
  path: string,
  body: object = {},
  bindings: Partial<Env> = {},
): Promise<Response> {
  const ctx = createExecutionContext();
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await app.request(
    path,
    init,
    { ...env, ...bindings, MAX_STREAMS_PER_ACCOUNT: "2" },
    ctx,
  );
  await waitOnExecutionContext(ctx);
  return response;
}
const ask = (app: TestApp, id: string, body: object = {}) =>
  post(app, `/v1/videos/${id}/playback`, body);
async function play(app: TestApp, id: string, body: object = {}): Promise<Playback> {
  const response = await ask(app, id, body);
  expect(response.status).toBe(200);
  return Playback.parse(await response.json());
}
const expectFull = async (response: Response) =>
  expect((await problemOf(response)).code).toBe("too_many_streams");

/** Lets the playbacks of an account expire, as if its players were gone. */
const lapse = (userId: string) =>
  runInDurableObject(
    libraryOf(env, userId),
    (_library, { storage }) => void storage.sql.exec("UPDATE streams SET expires_at = 1"),
  );

async function viewerAndVideo() {
  const { app, userId } = await newAccount("viewer");
  const id = await newVideo((await newAccount()).userId, { publication: 1 });
  return { app, userId, id };
}

test("a playback beyond the limit is refused, also with concurrent requests", async () => {
  const { app, id } = await viewerAndVideo();
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(app, id)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
  await Promise.all(answers.filter(({ status }) => status !== 200).map(expectFull));
});

test("the token of a counted playback is short-lived, and renewing it keeps the session", async () => {
  const { app, id } = await viewerAndVideo();
  const first = await play(app, id);
  const second = await play(app, id);
  expect(first.counted).toBe(true);
  expect(Date.parse(first.expiresAt) - Date.now()).toBeLessThan(301_000);
  const renewed = await play(app, id, { renew: first.token });
  expect(renewed.sessionId).toBe(first.sessionId);
  expect(second.sessionId).not.toBe(first.sessionId);
  await expectFull(await ask(app, id));
});

test("closing the player makes room for another playback at once and revokes its tokens", async () => {
  const { app, id } = await viewerAndVideo();
  const { token, sessionId } = await play(app, id);
  await play(app, id);
  const closed = { token, watched: 0, closed: true };
  expect((await post(app, "/v1/beacons", closed)).status).toBe(202);
  await play(app, id);
  const subject = `session:${id}/${sessionId}`;
  const rows = () => db.select().from(revocations).where(eq(revocations.subject, subject));
  expect(await rows()).toHaveLength(1);
  // Another report of the same change affects neither the count nor the log.
  await post(app, "/v1/beacons", closed);
  expect(await rows()).toHaveLength(1);
});

test("a player that disappears counts until its token has expired", async () => {
  const { app, userId, id } = await viewerAndVideo();
  await play(app, id);
  await play(app, id);
  await expectFull(await ask(app, id));
  await lapse(userId);
  await play(app, id);
  await play(app, id);
  await expectFull(await ask(app, id));
});

test("playbacks count per account, and those without an account do not count", async () => {
  const { app, id } = await viewerAndVideo();
  const mine = await play(app, id);
  await play(app, id);
  const other = await newAccount("viewer");
  await play(other.app, id);
  // Renewing another account's session counts for the account that renews it.
  await play(other.app, id, { renew: mine.token });
  await expectFull(await ask(other.app, id));
  for (let count = 0; count < 3; count++) expect((await play(anonymous, id)).counted).toBe(false);
});

test("a token of another video, or an invalid one, starts a new playback", async () => {
  const { app, userId, id } = await viewerAndVideo();
  const { token, sessionId } = await play(app, id);
  const elsewhere = await newVideo(userId, { publication: 1 });
  for (const [video, renew] of [
    [elsewhere, token],
    [id, `${token.slice(0, -3)}AAA`],
    [id, "nonsense"],
  ] as const)
    expect((await play(anonymous, video, { renew })).sessionId).not.toBe(sessionId);
});

test("a playing viewer writes nothing to the catalogue and keeps playing while the account's Durable Object is down", async () => {
  const { app, id } = await viewerAndVideo();
  const { token } = await play(app, id);
  const written = new CountingD1(env.CATALOG);
  await post(app, `/v1/videos/${id}/playback`, { renew: token }, { CATALOG: written.binding });
  await post(app, "/v1/beacons", { token, watched: 60 }, { CATALOG: written.binding });
  expect(written.rowsWritten).toBe(0);
  expect(written.calls).toBeGreaterThan(0);
  const LIBRARY = {
    getByName: () => ({ takeStream: () => Promise.reject(new Error("object is down")) }),
  } as unknown as Env["LIBRARY"];
  const answer = await post(app, `/v1/videos/${id}/playback`, { renew: token }, { LIBRARY });
  expect(Playback.parse(await answer.json()).counted).toBe(true);
});
