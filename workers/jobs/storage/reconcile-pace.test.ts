import { env } from "cloudflare:workers";
import { isNull, like } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { EventMessage } from "../../contract/messages.ts";
import { videos } from "../../db/schema.ts";
import { countingStatements, statementsLeft } from "../../db/statement-count.ts";
import { outbox, reconciliation } from "../../db/upkeep-schema.ts";
import { newId } from "../../domain/id.ts";
import { newAccount, newVideo } from "../../../tests/support/worker/api.ts";
import {
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { compareVideos } from "./compare-videos.ts";
import { reconcileStorage } from "./reconcile.ts";
import { findUnknownObjects } from "./unknown-objects.ts";

beforeEach(async () => {
  await stopEverything();
  await db.delete(reconciliation);
  // Uploads of other tests have left sources to hash, and nothing is handed over while many wait.
  await db.delete(outbox);
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const context = jobContext();

test("a run hands work that it cannot finish to the queue, a bounded number at a time", async () => {
  const id = await queuedVideo((await newAccount()).userId);
  await work();
  const segments = await env.MEDIA.list({ prefix: `${id}/1/h264-720/` });
  await env.MEDIA.delete(segments.objects.map(({ key }) => key));
  const others: string[] = [];
  for (let count = 0; count < 30; count++) others.push(await newVideo(newId()));
  const stored = await db.select({ id: videos.id }).from(videos).where(isNull(videos.erasedAt));

  const sent: EventMessage[] = [];
  const keep = async (messages: Iterable<{ body: unknown }>) =>
    void sent.push(...[...messages].map(({ body }) => EventMessage.parse(body)));
  const CHECKSUMS = { send: async () => {}, sendBatch: keep } as unknown as Queue;
  const busy = { ...context, env: { ...env, CHECKSUMS } as Env };
  // This is the last run of the night, so its whole share is due.
  const now = (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS + 2 * HOUR_MS - 60_000;
  await reconcileStorage(busy, now, 0);
  const slices = sent.flatMap((event) => (event.kind === "compare-videos" ? [event.videoIds] : []));
  expect(Math.max(...slices.map((ids) => ids.length))).toBeLessThanOrEqual(10);
  expect(slices.length).toBeLessThanOrEqual(100);
  const handedOver = new Set(slices.flat());
  expect(handedOver.size).toBeGreaterThan(Math.min(stored.length, 490) - 10);
  const rows = await db.select().from(outbox).where(like(outbox.body, "%compare-videos%"));
  expect(rows).toHaveLength(slices.length);

  // While the consumers are behind, no more is handed over.
  const template = { queue: "checksums", body: { kind: "hash-source", videoId: "x" } } as const;
  const waiting = Array.from({ length: 400 }, () => ({ ...template, createdAt: 1, sentAt: now }));
  for (let at = 0; at < waiting.length; at += 20)
    await db.insert(outbox).values(waiting.slice(at, at + 20));
  await db.delete(reconciliation);
  sent.length = 0;
  await reconcileStorage(busy, now, 0);
  expect(sent.filter(({ kind }) => kind === "compare-videos")).toEqual([]);
  await db.delete(outbox);

  await compareVideos(busy, [newId(), id], now);
  expect(await videoRow(id)).toMatchObject({ version: 2 });
  await db.delete(outbox);
});

test("a page of objects of unknown videos takes as few statements as a single object", async () => {
  const ids = Array.from({ length: 60 }, () => newId());
  for (const id of ids) await env.MEDIA.put(`${id}/1/x`, "x");
  const now = Date.now();
  const statements = async (at: number) => {
    let used = 0;
    await countingStatements(
      async () => {
        const before = statementsLeft();
        let cursor: string | null = "";
        for (let page = 0; cursor !== null && page < 20; page++)
          cursor = await findUnknownObjects(context, "", cursor, at);
        used = before - statementsLeft();
      },
      () => {},
    );
    return used;
  };
  expect(await statements(now)).toBeLessThan(60);
  expect(await statements(now + 8 * DAY_MS)).toBeLessThan(60);
  for (const id of ids) expect((await env.MEDIA.list({ prefix: `${id}/` })).objects).toEqual([]);
});
