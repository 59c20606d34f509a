import { createMessageBatch, getQueueResult, createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq, inArray, like } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { EventMessage } from "../contract/messages.ts";
import { binnedBefore, eraseVideos } from "../db/bin.ts";
import { runBatch } from "../db/client.ts";
import { listDeadLetters } from "../db/dead-letters.ts";
import { enqueueEvent, handOverVideos } from "../db/outbox.ts";
import { findStorageCheck, noteSourceHash } from "../db/storage-checks.ts";
import { searchPicks } from "../db/search-schema.ts";
import { indexedVideos } from "../db/search/compare.ts";
import { tasks } from "../db/transcoding-schema.ts";
import { outbox } from "../db/upkeep-schema.ts";
import { deletionStatements } from "../db/videos.ts";
import { newId } from "../domain/id.ts";
import { relayOutbox } from "../services/outbox.ts";
import { newAccount, newVideo } from "../../tests/support/worker/api.ts";
import { LOST_LINK } from "../../tests/support/worker/lost-link.ts";
import { LOST_NOTIFICATION } from "../../tests/support/worker/lost-notification.ts";
import {
  db,
  queuedVideo,
  stopEverything,
  videoRow,
  work,
} from "../../tests/support/worker/transcoding.ts";
import { flushViews } from "../../tests/support/worker/views.ts";
import { consume } from "./consume.ts";
import { sweep } from "./sweep.ts";

beforeEach(stopEverything);

const MINUTE_MS = 60_000;

/** A queue that accepts every message and delivers none. */
const blackHole = { send: async () => {}, sendBatch: async () => {} } as unknown as Queue;
const LOSING = { ...env, EVENTS: blackHole, CHECKSUMS: blackHole, TRANSCODE: blackHole } as Env;

/** Queues that deliver at once what otherwise waits for the end of an upload. */
const sendNow = (messages: MessageSendRequest[]) =>
  env.CHECKSUMS.sendBatch(messages.map(({ body }) => ({ body })));
const PROMPT = { ...env, CHECKSUMS: { sendBatch: sendNow } } as unknown as Env;

const at = () => new Date().toISOString();
const messagesAbout = (id: string) =>
  db
    .select()
    .from(outbox)
    .where(like(outbox.body, `%${id}%`));

interface Loss {
  /** Makes a change; its messages are in the outbox. @returns id of their subject: a video or an account */
  change: () => Promise<string>;
  /** Whether the requested work has been done. */
  isDone: (id: string) => Promise<boolean>;
}

/** A ready video whose messages have all been handled. */
async function readyVideo(): Promise<string> {
  const id = await queuedVideo((await newAccount()).userId);
  await work();
  await relayOutbox(env);
  await vi.waitFor(async () => expect(await messagesAbout(id)).toEqual([]), { timeout: 100_000 });
  return id;
}

/** A case for every kind of event; a new kind needs its own. */
const LOSSES: Record<EventMessage["kind"], Loss> = {
  "index-video": {
    change: async () => {
      const id = await newVideo((await newAccount()).userId);
      await runBatch(db, [enqueueEvent(db, { kind: "index-video", videoId: id })]);
      return id;
    },
    isDone: async (id) => (await indexedVideos(env, [id])).has(id),
  },
  "purge-video": {
    change: async () => {
      const id = await readyVideo();
      await runBatch(db, [...deletionStatements(db, [id]), ...eraseVideos(db, [id], Date.now())]);
      return id;
    },
    isDone: async (id) => (await env.MEDIA.list({ prefix: `${id}/` })).objects.length === 0,
  },
  "empty-bin": {
    change: async () => {
      const { userId } = await newAccount();
      await newVideo(userId, { deletedAt: 1 });
      await runBatch(db, [enqueueEvent(db, { kind: "empty-bin", ownerId: userId, before: 2 })]);
      return userId;
    },
    isDone: async (ownerId) => (await binnedBefore(db, 2, 1, ownerId)).length === 0,
  },
  "sync-downloads": {
    change: async () => {
      const id = await readyVideo();
      await env.CATALOG.prepare("UPDATE videos SET downloads_enabled = 1 WHERE id = ?")
        .bind(id)
        .run();
      await runBatch(db, [enqueueEvent(db, { kind: "sync-downloads", videoId: id })]);
      return id;
    },
    isDone: async (id) =>
      (await db.$count(tasks, and(eq(tasks.videoId, id), eq(tasks.kind, "download")))) > 0,
  },
  "notify-followers": LOST_NOTIFICATION,
  "check-video": {
    change: async () => {
      const id = await readyVideo();
      await env.MEDIA.delete(`${id}/owner`);
      await runBatch(db, [enqueueEvent(db, { kind: "check-video", videoId: id })]);
      return id;
    },
    isDone: async (id) => (await env.MEDIA.head(`${id}/owner`)) !== null,
  },
  "compare-videos": {
    change: async () => {
      const id = await readyVideo();
      await env.MEDIA.delete(`${id}/owner`);
      // Otherwise its source would be read too, since that message is sent late.
      await noteSourceHash(db, id, "as it is", Date.now());
      await handOverVideos(db, [[id]], Date.now());
      return id;
    },
    isDone: async (id) => (await env.MEDIA.head(`${id}/owner`)) !== null,
  },
  "hash-source": {
    change: async () => {
      const id = await readyVideo();
      await runBatch(db, [enqueueEvent(db, { kind: "hash-source", videoId: id })]);
      return id;
    },
    isDone: async (id) => Boolean((await findStorageCheck(db, id))?.sourceSha256),
  },
  "read-link": LOST_LINK,
  view: {
    change: async () => {
      const id = await newVideo((await newAccount()).userId);
      const view = {
        kind: "view",
        videoId: id,
        sessionId: newId(),
        who: newId(),
        at: at(),
      } as const;
      await runBatch(db, [enqueueEvent(db, view)]);
      return id;
    },
    isDone: async (id) => {
      await flushViews(id);
      return (await videoRow(id)).views === 1;
    },
  },
  "search-pick": {
    change: async () => {
      const id = await newVideo((await newAccount()).userId);
      const pick = {
        kind: "search-pick",
        query: "herons",
        videoId: id,
        who: newId(),
        at: at(),
      } as const;
      await runBatch(db, [enqueueEvent(db, pick)]);
      return id;
    },
    isDone: async (id) => {
      await flushViews(id);
      return (await db.$count(searchPicks, eq(searchPicks.videoId, id))) === 1;
    },
  },
};

test("every kind of message has its case here", () => {
  const kinds = EventMessage.options.map(({ shape }) => shape.kind.value);
  expect(Object.keys(LOSSES).sort()).toEqual(kinds.sort());
});

/** Delivers messages twice at the same time. */
async function deliverTwice(messages: { queue: string; body: unknown }[]): Promise<void> {
  for (const { queue, body } of messages) {
    const message = { id: newId(), timestamp: new Date(), attempts: 1, body };
    const batch = createMessageBatch(queue, [message, { ...message, id: newId() }]);
    await consume(batch, env, async () => undefined);
    expect((await getQueueResult(batch, createExecutionContext())).retryMessages).toEqual([]);
  }
}

test.each(Object.entries(LOSSES))(
  "the sweep makes up for a lost %s, and delivering it late, even twice, changes nothing",
  async (_kind, loss) => {
    const id = await loss.change();
    const lost = await messagesAbout(id);
    await relayOutbox(LOSING);
    expect(await loss.isDone(id)).toBe(false);

    await sweep(PROMPT, "tasks", Date.now() + 11 * MINUTE_MS);
    await vi.waitFor(async () => expect(await loss.isDone(id)).toBe(true), { timeout: 60_000 });
    await vi.waitFor(async () => expect(await messagesAbout(id)).toEqual([]), { timeout: 60_000 });

    const before = await db.$count(tasks, eq(tasks.videoId, id));
    await deliverTwice(lost);
    expect(await loss.isDone(id)).toBe(true);
    expect(await db.$count(tasks, eq(tasks.videoId, id))).toBe(before);
  },
);

test("the sweep makes up for a lost wake message by checking the tasks", async () => {
  await queuedVideo();
  await relayOutbox(LOSING);
  const woken: string[] = [];
  const RUNNER = {
    getByName: () => ({ wake: async (runner: string) => void woken.push(runner) }),
  };
  const containers = { LOCAL_RUNNER_SECRET: "", MAX_RUNNERS: "1", RUNNER };
  await sweep({ ...env, ...containers } as unknown as Env, "tasks");
  expect(woken).toEqual(["container-0"]);
});

test("a wake message stored by an earlier version for its own queue still wakes runners", async () => {
  const body = { kind: "wake" } as const;
  const values = ["transcode-urgent", "transcode-bulk"].map((queue) => ({
    queue: queue as "transcode",
    body,
    createdAt: Date.now(),
  }));
  const rows = await db.insert(outbox).values(values).returning({ id: outbox.id });
  const sent: unknown[] = [];
  const sendBatch = async (messages: MessageSendRequest[]) =>
    void sent.push(...messages.map((message) => message.body));
  await relayOutbox({ ...env, TRANSCODE: { sendBatch } as unknown as Queue });
  expect(sent.slice(0, 2)).toEqual([body, body]);
  const ids = rows.map(({ id }) => id);
  expect(await db.$count(outbox, inArray(outbox.id, ids))).toBe(0);
});

test("a message refused by a queue does not block the messages behind it", async () => {
  const refused = await newVideo("anyone");
  const next = await newVideo("anyone");
  for (const videoId of [refused, next])
    await runBatch(db, [enqueueEvent(db, { kind: "index-video", videoId })]);
  const sent: string[] = [];
  const send = async (message: EventMessage) => {
    if (message.kind === "index-video" && message.videoId === refused) throw new Error("too large");
    if ("videoId" in message) sent.push(message.videoId);
  };
  const sendBatch = async (messages: MessageSendRequest<EventMessage>[]) => {
    for (const { body } of messages) await send(body);
  };
  await relayOutbox({ ...env, EVENTS: { send, sendBatch } as unknown as Queue });
  expect(sent).toContain(next);
  // It is not lost either.
  expect(await messagesAbout(refused)).toMatchObject([{ sends: 0 }]);
});

test("the full read of a source starts only after its upload was answered", async () => {
  const videoId = await newVideo("anyone");
  await runBatch(db, [
    enqueueEvent(db, { kind: "hash-source", videoId }),
    enqueueEvent(db, { kind: "index-video", videoId }),
    enqueueEvent(db, { kind: "read-link", uploadId: "nothing" }),
  ]);
  const delays = new Map<string, number | undefined>();
  const recording = {
    sendBatch: async (messages: MessageSendRequest<EventMessage>[]) =>
      messages.forEach(({ body, delaySeconds }) => delays.set(body.kind, delaySeconds)),
  } as unknown as Queue;
  await relayOutbox({ ...env, EVENTS: recording, CHECKSUMS: recording });
  expect(delays.get("hash-source")).toBeGreaterThan(0);
  expect([delays.get("index-video"), delays.get("read-link")]).toEqual([0, 0]);
});

test.each(["events-dead", "acme-events-dead"])(
  "a message that has failed for good is logged and kept, also in an instance with another name: %s",
  async (queue) => {
    const lines: string[] = [];
    const spy = vi
      .spyOn(console, "error")
      .mockImplementation((line: string) => void lines.push(line));
    const id = newId();
    const batch = createMessageBatch(queue, [
      { id, timestamp: new Date(), attempts: 1, body: { kind: "purge-video", videoId: id } },
    ]);
    await consume(batch, env, async () => undefined);
    const result = await getQueueResult(batch, createExecutionContext());
    spy.mockRestore();
    expect(result.outcome).toBe("ok");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({ event: "queue.dead-letter", queue: "events-dead" }),
    );
    const [letter] = await listDeadLetters(db, 1);
    expect(letter).toMatchObject({
      queue: "events-dead",
      body: { kind: "purge-video", videoId: id },
    });
  },
);
