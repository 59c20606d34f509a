import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { catalog, runBatch } from "../../db/client.ts";
import { claimTask, promoteDue, readBacklog } from "../../db/transcoding/claim.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import { pauseTranscodes, resumeTranscodes } from "../../db/transcoding/transcodes.ts";
import { failVideo } from "../../db/transcoding/outcomes.ts";
import { creatorQueues, lanes, scheduler, tasks } from "../../db/transcoding-schema.ts";
import { newId } from "../../domain/id.ts";
import { chunks, claim, EVERYTHING } from "../../../tests/support/worker/claims.ts";
import { CountingD1 } from "../../../tests/support/worker/counting-d1.ts";
import {
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { recordFailure } from "./record-failure.ts";

beforeEach(stopEverything);

const context = () => jobContext();
const failure = (code: string) => ({ code, detail: "", permanent: false });

test("what a claim reads does not grow with the backlog, and stays below 50 rows", async () => {
  const counting = new CountingD1(env.CATALOG);
  const counted = catalog({ CATALOG: counting.binding });
  /** Adds creators with a transcode of ten runnable chunks each. */
  const fill = (prefix: string, creators: number) =>
    env.CATALOG.batch([
      env.CATALOG.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
         INSERT INTO transcodes (video_id, version, owner_id, state, stage, source_key, created_at, updated_at)
         SELECT ?1 || i, 1, ?1 || i, 'active', 1, 's', i, i FROM n`,
      ).bind(prefix, creators),
      env.CATALOG.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
         INSERT INTO tasks (id, video_id, version, owner_id, kind, name, stage, priority, lane, since, spec, created_at)
         SELECT video_id || '.' || i, video_id, 1, owner_id, kind, 'task ' || i, 1, i, lane, created_at, '{}', 1
         FROM transcodes, n, (
           SELECT 'video' AS kind, 0 AS k, 'urgent video-h264' AS lane
           UNION ALL SELECT 'audio', 1, 'normal audio-aac'
           UNION ALL SELECT 'video', 2, 'extra video-av1') AS kinds
         WHERE video_id LIKE ?1 || '%' AND kinds.k = n.i % 3`,
      ).bind(prefix),
    ]);
  async function rowsPerClaim(): Promise<number> {
    const rows: number[] = [];
    for (let index = 0; index < 20; index++) {
      counting.reset();
      const task = await claimTask(counted, {
        runner: `local-${index % 7}`,
        capabilities: EVERYTHING,
        slots: 100,
        fleetSlots: 5000,
        now: Date.now(),
      });
      expect(task).not.toBeNull();
      rows.push(counting.rowsRead);
    }
    return Math.max(...rows);
  }
  await fill("few-", 20);
  const few = await rowsPerClaim();
  await fill("many-", 3000);
  const many = await rowsPerClaim();
  expect(many).toBeLessThanOrEqual(50);
  expect(many).toBeLessThanOrEqual(few + 5);
  counting.reset();
  await readBacklog(counted, 20 + 40, Date.now());
  expect(counting.rowsRead).toBeLessThanOrEqual(50);
  await env.CATALOG.batch(
    ["few-", "many-"].flatMap((prefix) =>
      ["tasks", "transcodes"].map((table) =>
        env.CATALOG.prepare(`DELETE FROM ${table} WHERE video_id LIKE ?1 || '%'`).bind(prefix),
      ),
    ),
  );
});

/** The values maintained by triggers, and the same values computed from the tasks. */
async function keptAndComputed() {
  const [kept, computed] = [await keptTotals(), await computedTotals()];
  return { kept, computed };
}

async function keptTotals() {
  const [totals] = await db.select().from(scheduler);
  const rows = await db.select().from(lanes).orderBy(lanes.ownerId, lanes.lane);
  const queues = await db.select().from(creatorQueues).orderBy(creatorQueues.ownerId);
  return {
    creators: totals?.creators,
    running: totals?.running,
    queues: queues.map(({ ownerId, running }) => [ownerId, running]),
    lanes: rows.map((row) => [row.ownerId, row.lane, row.running, row.since]),
  };
}

async function computedTotals() {
  const all = async <T>(sql: string) => (await env.CATALOG.prepare(sql).all<T>()).results;
  const running = `state = 'running' AND kind <> 'finish'`;
  const queues = await all<{ o: string; n: number }>(`
    SELECT owner_id AS o, sum(${running}) AS n FROM tasks
    WHERE runnable = 1 OR ${running} GROUP BY owner_id ORDER BY owner_id`);
  const rows = await all<{ o: string; l: string; s: number }>(`
    SELECT t.owner_id AS o, t.lane AS l, min(t.since) AS s
    FROM tasks AS t JOIN transcodes AS c USING (video_id, version)
    WHERE t.state = 'queued' AND t.not_before = 0 AND c.state = 'active' AND c.stage = t.stage
    GROUP BY 1, 2 ORDER BY 1, 2`);
  const runningOf = new Map(queues.map(({ o, n }) => [o, n]));
  return {
    creators: queues.length,
    running: queues.reduce((sum, { n }) => sum + n, 0),
    queues: queues.map(({ o, n }) => [o, n]),
    lanes: rows.map(({ o, l, s }) => [o, l, runningOf.get(o) ?? 0, s]),
  };
}

test("the lanes and counters are correct after any change of tasks", async () => {
  const owners = ["ada", "bob", newId()];
  const ids: string[] = [];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const held: Task[] = [];
  for (let step = 0; step < 120; step++) {
    const id = ids[random(Math.max(1, ids.length))];
    const task = held.splice(random(Math.max(1, held.length)), 1)[0];
    const now = Date.now();
    switch (random(9)) {
      case 0:
        ids.push(await chunks(owners[random(3)]!, 1 + random(4)));
        break;
      case 1:
      case 2:
      case 3: {
        const claimed = await claim({ runner: `local-${random(3)}` });
        if (claimed) held.push(claimed);
        break;
      }
      case 4:
        if (task) await recordFailure(context(), task, failure("encoder_failed"));
        break;
      case 5:
        if (task) await recordFailure(context(), task, failure("lease_expired"));
        await runBatch(db, [promoteDue(db, now + random(100_000), 3)]);
        break;
      case 6:
        if (id) await runBatch(db, pauseTranscodes(db, [id], now));
        break;
      case 7:
        if (id) await runBatch(db, resumeTranscodes(db, [id], now));
        break;
      case 8:
        if (id && random(3) === 0)
          await runBatch(db, failVideo(db, { videoId: id, version: 1 }, failure("x"), now));
        else if (id) await db.delete(tasks).where(eq(tasks.videoId, id));
        break;
    }
    const { kept, computed } = await keptAndComputed();
    expect(kept).toEqual(computed);
  }
  await stopEverything();
  expect(await keptTotals()).toMatchObject({ creators: 0, running: 0, queues: [], lanes: [] });
});

test("a complete transcode leaves no lane behind", async () => {
  await queuedVideo();
  await work();
  const { kept, computed } = await keptAndComputed();
  expect(kept).toEqual(computed);
  expect(kept).toMatchObject({ creators: 0, running: 0, lanes: [] });
});
