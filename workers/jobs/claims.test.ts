import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { TaskKind } from "../contract/transcodes.ts";
import { catalog, runBatch } from "../db/client.ts";
import { countEncodeTime } from "../db/encode-usage.ts";
import { seeRunner } from "../db/runners.ts";
import { runners } from "../db/runner-schema.ts";
import { type Claim, claimTask, promoteDue, readBacklog } from "../db/transcoding/claim.ts";
import { handBack, handBackAll, handBackLost, type Task } from "../db/transcoding/tasks.ts";
import { addTasks } from "../db/transcoding/add-tasks.ts";
import { pauseTranscodes, resumeTranscode } from "../db/transcoding/transcodes.ts";
import { failVideo } from "../db/transcoding/outcomes.ts";
import { creatorQueues, lanes, scheduler, tasks, transcodes } from "../db/transcoding-schema.ts";
import { newId } from "../domain/id.ts";
import {
  db,
  jobContext,
  queuedVideo,
  ScriptedTranscoder,
  stopEverything,
  taskRow,
  work,
} from "../../tests/support/worker/transcoding.ts";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { rendition, videoTask } from "../../tests/support/worker/plan.ts";
import { recordFailure } from "./record-failure.ts";
import { recoverExpired, releaseWaiting } from "./recover.ts";

beforeEach(async () => {
  await stopEverything();
  await db.delete(runners);
});

const EVERYTHING = {
  kinds: TaskKind.options.filter((kind) => kind !== "finish"),
  codecs: ["h264" as const, "av1" as const, "vp9" as const, "aac" as const, "opus" as const],
};

/** One claim of a runner that can do everything and is never full. */
const claim = (change: Partial<Claim> = {}): Promise<Task | null> =>
  claimTask(db, {
    runner: "local-0",
    capabilities: EVERYTHING,
    slots: 100,
    fleetSlots: 100,
    now: Date.now(),
    ...change,
  });

const see = (id: string) =>
  seeRunner(db, { id, kind: "local", version: 1, capabilities: EVERYTHING, slots: 4 }, Date.now());

const context = () => jobContext(new ScriptedTranscoder());
const failure = (code: string) => ({ code, detail: "", permanent: false });

/** Adds chunks of a video whose plan is done, so that many tasks are runnable. */
async function chunks(ownerId: string, count: number): Promise<string> {
  const id = await queuedVideo(ownerId);
  const now = Date.now();
  const planned = Array.from({ length: count }, (_, index) =>
    videoTask(`video ${index}`, index === 0 ? "first-video" : "later-video", index, [
      rendition(360),
    ]),
  );
  await runBatch(db, [
    db.update(tasks).set({ state: "done" }).where(eq(tasks.videoId, id)),
    ...addTasks(db, { videoId: id, version: 1 }, planned, now),
    db.update(transcodes).set({ stage: "encode" }).where(eq(transcodes.videoId, id)),
  ]);
  return id;
}

test("a full runner gets no task", async () => {
  await chunks("ada", 3);
  expect(await claim({ slots: 2 })).not.toBeNull();
  expect(await claim({ slots: 2 })).not.toBeNull();
  expect(await claim({ slots: 2 })).toBeNull();
  expect(await claim({ slots: 2, runner: "local-1" })).not.toBeNull();
});

test("of claims at the same time every one gets another task", async () => {
  await chunks("ada", 8);
  const claims = await Promise.all(Array.from({ length: 8 }, () => claim()));
  expect(new Set(claims.map((task) => task?.id)).size).toBe(8);
});

test("a runner gets only tasks of the kinds and codecs that it can do", async () => {
  const id = await queuedVideo();
  const encoder = { kinds: ["video" as const], codecs: ["h264" as const] };
  expect(await claim({ capabilities: encoder })).toBeNull();
  expect(await claim()).toMatchObject({ videoId: id, kind: "plan" });
  await chunks("ada", 1);
  expect(await claim({ capabilities: { kinds: ["video"], codecs: ["av1"] } })).toBeNull();
  expect(await claim({ capabilities: encoder })).toMatchObject({ kind: "video" });
});

test("creators take turns, whoever has more to do", async () => {
  await chunks("ada", 6);
  await chunks("bob", 3);
  const owners: unknown[] = [];
  for (let index = 0; index < 6; index++) owners.push((await claim())?.ownerId);
  expect(owners.map(String).toSorted((left, right) => left.localeCompare(right))).toEqual([
    "ada",
    "ada",
    "ada",
    "bob",
    "bob",
    "bob",
  ]);
});

test("a task never goes back to a runner on which it failed or died while there is another", async () => {
  await see("local-0");
  await see("local-1");
  await chunks("ada", 1);
  const first = (await claim())!;
  await recordFailure(context(), first, failure("encoder_failed"));
  await runBatch(db, [promoteDue(db, Date.now() + 60_000, 10)]);
  expect(await claim()).toBeNull();
  const second = (await claim({ runner: "local-1" }))!;
  expect(second).toMatchObject({ id: first.id, attempt: 2, failures: 1 });

  // It dies there too: now it has failed on everyone, so anyone may try.
  await db.update(tasks).set({ leaseUntil: 1 }).where(eq(tasks.id, second.id));
  await recoverExpired(context());
  expect(await taskRow(second.videoId, second.name)).toMatchObject({
    failures: 1,
    interruptions: 1,
    avoid: ["local-0", "local-1"],
  });
  expect(await claim()).toMatchObject({ id: first.id, attempt: 3 });
});

test("the only runner that could do a task gets it again after a wait", async () => {
  await see("local-0");
  await seeRunner(
    db,
    {
      id: "local-1",
      kind: "local",
      version: 1,
      slots: 1,
      capabilities: { kinds: ["images"], codecs: [] },
    },
    Date.now(),
  );
  await chunks("ada", 1);
  const first = (await claim())!;
  await recordFailure(context(), first, failure("encoder_failed"));
  expect(await claim()).toBeNull();
  expect(await claim({ now: Date.now() + 6000 })).toMatchObject({ id: first.id, attempt: 2 });
});

test("what a runner hands back, or does not know of after a restart, is claimed again at once", async () => {
  await chunks("ada", 3);
  const [one, two, three] = [(await claim())!, (await claim())!, (await claim())!];
  await runBatch(db, [handBack(db, one)]);
  expect(await claim({ runner: "local-1" })).toMatchObject({ id: one.id, attempt: 2 });
  await runBatch(db, [handBackLost(db, "local-0", [three])]);
  expect(await claim({ runner: "local-1" })).toMatchObject({
    id: two.id,
    failures: 0,
    interruptions: 0,
  });
  await runBatch(db, [handBackAll(db, "local-0")]);
  expect(await claim({ runner: "local-1" })).toMatchObject({ id: three.id });
  // A late hand-back of a lost attempt changes nothing.
  await runBatch(db, [handBack(db, one)]);
  expect(await claim()).toBeNull();
});

test("the tasks of a creator without encode minutes wait for the next day, except finish", async () => {
  const [spent, other] = [newId(), newId()];
  const now = Date.now();
  const budget = (milliseconds: number) =>
    countEncodeTime(db, { ownerId: spent, startedAt: now - milliseconds }, 60_000, now);
  await chunks(spent, 2);
  await runBatch(db, budget(60_000));
  await chunks(spent, 1);
  expect(await claim()).toBeNull();
  expect(await readBacklog(db, 10)).toMatchObject({ runnable: 0 });
  await chunks(other, 1);
  expect(await claim()).toMatchObject({ ownerId: other });
  await releaseWaiting(context(), now + 86_400_000);
  expect(await claim()).toMatchObject({ ownerId: spent });
});

test("the backlog counts what runners could start, up to a limit", async () => {
  await chunks("ada", 5);
  const task = (await claim())!;
  expect(await readBacklog(db, 3)).toMatchObject({ runnable: 3, running: 1, nextAt: null });
  expect(await readBacklog(db, 100)).toMatchObject({ runnable: 4, hasFinish: false });
  await recordFailure(context(), task, failure("encoder_failed"));
  const { nextAt } = await readBacklog(db, 100);
  expect(nextAt).toBeGreaterThan(Date.now());
});

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
  await readBacklog(counted, 20);
  expect(counting.rowsRead).toBeLessThanOrEqual(50);
  await env.CATALOG.batch(
    ["few-", "many-"].flatMap((prefix) =>
      ["tasks", "transcodes"].map((table) =>
        env.CATALOG.prepare(`DELETE FROM ${table} WHERE video_id LIKE ?1 || '%'`).bind(prefix),
      ),
    ),
  );
});

/** What the triggers keep, and the same computed from the tasks. */
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

test("the lanes and counters are true after whatever happens to tasks", async () => {
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
        if (id) await runBatch(db, pauseTranscodes(db, id, now));
        break;
      case 7:
        if (id) await runBatch(db, resumeTranscode(db, { videoId: id, version: 1 }, now));
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

test("a whole transcode leaves no lane behind", async () => {
  await queuedVideo();
  await work();
  const { kept, computed } = await keptAndComputed();
  expect(kept).toEqual(computed);
  expect(kept).toMatchObject({ creators: 0, running: 0, lanes: [] });
});
