import { createMessageBatch } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import type { DeadLetter, DeadLetterPage, DeadLettersResent } from "../contract/dead-letters.ts";
import { enqueueEvent } from "../db/outbox.ts";
import { catalog, runBatch } from "../db/client.ts";
import { deadLetters, outbox } from "../db/upkeep-schema.ts";
import { newId } from "../domain/id.ts";
import { handleDeadLetters } from "../jobs/dead-letters.ts";
import { resendDeadLetter } from "../services/dead-letters.ts";
import { call, newAccount, newVideo, problemOf } from "../../tests/support/worker/api.ts";

const db = catalog(env);
const admin = await newAccount("admin");
const { app, userId } = admin;
const PATH = "/v1/admin/dead-letters";

beforeEach(() => db.delete(deadLetters));

const list = async (query = "") =>
  (await call(app, "GET", `${PATH}${query}`)).json<DeadLetterPage>();

/** Makes a queue give up messages. @returns the newest dead letter, as the API returns it */
async function giveUp(queue: string, ...bodies: unknown[]): Promise<DeadLetter> {
  const messages = bodies.map((body) => ({
    id: newId(),
    timestamp: new Date(),
    attempts: 6,
    body,
  }));
  await handleDeadLetters(createMessageBatch(queue, messages), env);
  const [letter] = (await list("?limit=1")).items;
  if (!letter) throw new Error("no dead letter");
  return letter;
}

/** The lines of the log that `run` writes. */
async function logOf(run: () => Promise<unknown>): Promise<unknown[]> {
  const spy = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    await run();
    return spy.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
  } finally {
    spy.mockRestore();
  }
}

test("dead letters are listed in pages, newest first, and can be read one by one", async () => {
  const ids = [newId(), newId(), newId()];
  await giveUp("events-dead", ...ids.map((videoId) => ({ kind: "purge-video", videoId })));
  const first = await list("?limit=2");
  expect(first.items.map(({ body }) => body)).toEqual([
    { kind: "purge-video", videoId: ids[2] },
    { kind: "purge-video", videoId: ids[1] },
  ]);
  const second = await list(`?limit=2&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ items: [{ body: { videoId: ids[0] } }], nextCursor: null });
  const [letter] = second.items;
  const seen = await call(app, "GET", `${PATH}/${letter?.id}`);
  expect(await seen.json()).toEqual(letter);
  expect(letter).toMatchObject({ queue: "events-dead", kind: "purge-video", isRetried: false });
  expect((await problemOf(await call(app, "GET", `${PATH}?cursor=x`))).code).toBe("invalid_cursor");
});

test("a dead letter is sent again once and takes effect", async () => {
  const id = await newVideo((await newAccount()).userId, { deletedAt: 1, erasedAt: 1 });
  await env.MEDIA.put(`${id}/1/segment`, "x");
  const letter = await giveUp("events-dead", { kind: "purge-video", videoId: id });
  const path = `${PATH}/${letter.id}/resend`;
  const lines = await logOf(async () => expect((await call(app, "POST", path)).status).toBe(204));
  expect(lines).toContainEqual(
    expect.objectContaining({ event: "queue.dead-letter-resent", id: letter.id, by: userId }),
  );
  await vi.waitFor(async () => expect(await env.MEDIA.head(`${id}/1/segment`)).toBeNull(), {
    timeout: 100_000,
  });
  // Messages of other tests are given up in the meantime.
  expect((await list()).items.map((item) => item.id)).not.toContain(letter.id);
  expect((await problemOf(await call(app, "POST", path))).code).toBe("not_found");
});

test("a dead letter that is still in the outbox is sent from there, and only once", async () => {
  const videoId = newId();
  const message = { kind: "purge-video", videoId } as const;
  await runBatch(db, [enqueueEvent(db, message)]);
  const rows = () =>
    db
      .select()
      .from(outbox)
      .then((all) => all.filter(({ body }) => JSON.stringify(body).includes(videoId)));
  const [row] = await rows();
  await db.update(outbox).set({ sentAt: 1, sends: 3 }).where(eq(outbox.id, row!.id));
  const letter = await giveUp("events-dead", { ...message, row: row!.id });
  expect(letter.isRetried).toBe(true);

  // Not relayed, so that the row can be seen.
  await resendDeadLetter(env, admin, letter.id);
  expect(await rows()).toMatchObject([{ id: row!.id, sentAt: null, sends: 3 }]);
});

test("a dead letter that was never in the outbox gets a row there, including a wake message of its own queue", async () => {
  const letter = await giveUp("transcode-dead", { kind: "wake" });
  expect((await call(app, "POST", `${PATH}/${letter.id}/resend`)).status).toBe(204);
  expect((await list()).items).toEqual([]);
});

test.each([
  ["events-dead", { kind: "of-an-old-version" }],
  ["transcode-dead", { kind: "purge-video", videoId: "x" }],
  ["unknown-dead", { kind: "purge-video", videoId: "x" }],
  ["events-dead", "text"],
])("a dead letter in %s with body %j can be dismissed but not sent", async (queue, body) => {
  const letter = await giveUp(queue, body);
  const resent = await call(app, "POST", `${PATH}/${letter.id}/resend`);
  expect((await problemOf(resent)).code).toBe("conflict");
  const lines = await logOf(async () =>
    expect((await call(app, "DELETE", `${PATH}/${letter.id}`)).status).toBe(204),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ event: "queue.dead-letter-dismissed", id: letter.id, by: userId }),
  );
  expect((await list()).items).toEqual([]);
  expect((await problemOf(await call(app, "DELETE", `${PATH}/${letter.id}`))).code).toBe(
    "not_found",
  );
});

test("all dead letters that an operator has seen are sent again at once, and those unknown to this version stay", async () => {
  const known = Array.from({ length: 55 }, () => ({ kind: "purge-video", videoId: newId() }));
  const last = await giveUp("events-dead", { kind: "of-an-old-version" }, ...known);
  const later = await giveUp("events-dead", { kind: "purge-video", videoId: newId() });
  const resend = async (until: number) =>
    (await call(app, "POST", `${PATH}/resend`, { until })).json<DeadLettersResent>();
  const first = await resend(last.id);
  expect(first).toEqual({ resent: 50, refused: 0, next: expect.any(Number) });
  expect(await resend(first.next!)).toEqual({ resent: 5, refused: 1, next: null });
  expect((await list()).items.map(({ id, kind }) => [id, kind])).toEqual([
    [later.id, "purge-video"],
    [expect.any(Number), "of-an-old-version"],
  ]);
});

test("all dead letters that an operator has seen are dismissed at once, and later ones stay", async () => {
  const last = await giveUp("events-dead", { kind: "a" }, { kind: "b" });
  const later = await giveUp("events-dead", { kind: "c" });
  const response = await call(app, "DELETE", `${PATH}?until=${last.id}`);
  expect(await response.json()).toEqual({ dismissed: 2 });
  expect((await list()).items.map(({ id }) => id)).toEqual([later.id]);
});
