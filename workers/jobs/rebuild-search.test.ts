import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "../db/client.ts";
import {
  beginRebuild,
  finishRebuild,
  isRebuildRequested,
  saveRebuild,
} from "../db/search/rebuild.ts";
import { openIndex, readState, type Slot } from "../db/search/shards.ts";
import { topDocuments } from "../db/search/rows.ts";
import { cueWindows } from "../db/search/moments.ts";
import { everythingMatch } from "../db/search/match.ts";
import { countListed } from "../db/videos.ts";
import { caption, cue, find, publish, titles } from "../../tests/support/worker/search.ts";
import { indexVideos, OUTAGE } from "./index-video.ts";
import { rebuildStep } from "./rebuild-search.ts";
import { PATIENCE, retrySkipped } from "./repair-index.ts";

const hide = (id: string) =>
  env.CATALOG.prepare(
    "UPDATE videos SET visibility = 'private', revision = revision + 1 WHERE id = ?",
  )
    .bind(id)
    .run();

test("a rebuild serves the old index until the new one is whole, and misses no change meanwhile", async () => {
  const given = Array.from({ length: 210 }, (_, i) => ({ title: `Rebuilt ${i}` }));
  const ids = await publish(...given);
  const before = await readState(env);
  await beginRebuild(env, await countListed(catalog(env)));
  expect(titles(await find("rebuilt 7 "))[0]).toBe("Rebuilt 7");

  expect(await rebuildStep(env)).toBe(false);
  expect(await readState(env)).toMatchObject({
    active: before.active,
    rebuild: { done: 200, total: 210 },
  });

  // Changes while it runs reach both slots, whichever side of the cursor they are on.
  const [first = "", last = ""] = [ids.toSorted()[0], ids.toSorted().at(-1)];
  await Promise.all([hide(first), hide(last)]);
  await indexVideos(env, [first, last]);
  const [added = ""] = await publish({ title: "Born While Rebuilding" });

  while (!(await rebuildStep(env)));
  const after = await readState(env);
  expect(after).toEqual({ active: before.active === "a" ? "b" : "a", rebuild: null });
  const segments = await env.SEARCH.prepare(
    `SELECT count(DISTINCT segid) AS n FROM body_${after.active}_idx`,
  ).first<number>("n");
  expect(segments).toBe(1);
  const [whole = []] = await topDocuments(
    { ...(await openIndex(env)), slot: after.active },
    [everythingMatch],
    400,
  );
  expect(new Set(whole)).toEqual(
    new Set([...ids.filter((id) => id !== first && id !== last), added]),
  );
});

test("of two runs that work on a rebuild, one that is behind changes nothing", async () => {
  await beginRebuild(env, 3);
  const { active, rebuild: behind } = await readState(env);
  if (!behind) throw new Error("No rebuild has begun");
  const ahead = { ...behind, after: "b", done: 2 };
  expect(await saveRebuild(env, behind, ahead)).toBe(true);
  expect(await saveRebuild(env, behind, { ...behind, after: "a", done: 1 })).toBe(false);
  await finishRebuild(env, behind);
  expect(await readState(env)).toEqual({ active, rebuild: ahead });
  await finishRebuild(env, ahead);
  await saveRebuild(env, ahead, { ...ahead, after: "c" });
  expect(await readState(env)).toEqual({ active: behind.slot, rebuild: null });
  expect(await isRebuildRequested(env)).toBe(false);
});

test("what an older release has left of a rebuild does not keep a new one from beginning", async () => {
  await env.SEARCH.prepare(
    `INSERT INTO index_state (name, value) VALUES ('rebuild', '{"after":"","done":0,"total":1,"startedAt":1}')`,
  ).run();
  expect((await readState(env)).rebuild).toBeNull();
  await beginRebuild(env, 1);
  expect((await readState(env)).rebuild).toMatchObject({ done: 0 });
  while (!(await rebuildStep(env)));
  expect((await readState(env)).rebuild).toBeNull();
});

test("a video that cannot be indexed is left out of a rebuild in the end, and holds up no other", async () => {
  const [bad = "", good = ""] = await publish({ title: "Unreadable" }, { title: "Readable" });
  await env.CATALOG.prepare("UPDATE videos SET tags = 'no list' WHERE id = ?").bind(bad).run();
  await beginRebuild(env, await countListed(catalog(env)));
  const { rebuild } = await readState(env);
  const slot = rebuild?.slot ?? "a";
  for (let run = 1; run < PATIENCE; run++) while (!(await rebuildStep(env)));
  expect((await readState(env)).rebuild).toMatchObject({ attempts: PATIENCE - 1, skipped: 0 });
  while (!(await rebuildStep(env)));
  while (!(await rebuildStep(env)));
  expect(await readState(env)).toEqual({ active: slot, rebuild: null });
  expect(await heldOf(env.SEARCH, slot, bad, good)).toEqual([good]);
  await env.CATALOG.prepare("UPDATE videos SET tags = '[]' WHERE id = ?").bind(bad).run();
  await retrySkipped(env, Date.now() + 7_200_000);
  expect(await heldOf(env.SEARCH, slot, bad, good)).toEqual([bad, good].toSorted());
});

test("a rebuild carries what is spoken", async () => {
  const [id = ""] = await publish({ title: "Spoken Through" });
  await caption(id, [cue(95, "The tambourine, please.")]);
  await beginRebuild(env, await countListed(catalog(env)));
  const slot = (await readState(env)).rebuild?.slot ?? "a";
  while (!(await rebuildStep(env)));
  const index = { ...(await openIndex(env)), slot };
  expect(await cueWindows(index, '"tambourine"', [id])).toHaveLength(1);
  expect(await termsOf(slot, "tambourine")).toBe(1);
});

const termsOf = (slot: Slot, word: string) =>
  env.SEARCH.prepare(`SELECT count(*) AS n FROM words_${slot} WHERE term = ?`)
    .bind(word)
    .first<number>("n");

test("a captioned video that is hidden leaves nothing spoken, in the slot being built neither", async () => {
  const [id = ""] = await publish({ title: "Hidden Speech" });
  await caption(id, [cue(1, "An oboe."), cue(100, "Another oboe.")]);
  await beginRebuild(env, await countListed(catalog(env)));
  await indexVideos(env, [id]);
  const spoken = () =>
    Promise.all(
      (["a", "b"] as const).map(async (slot) => [
        (await cueWindows({ ...(await openIndex(env)), slot }, '"oboe"', [id])).length,
        await env.SEARCH.prepare(
          `SELECT (SELECT count(*) FROM spoken_${slot} WHERE id = ?) + (SELECT count(*) FROM moments_${slot} WHERE moments_${slot} MATCH 'oboe') AS n`,
        )
          .bind(id)
          .first<number>("n"),
      ]),
    );
  expect(await spoken()).toEqual([
    [2, 3],
    [2, 3],
  ]);
  await hide(id);
  await indexVideos(env, [id]);
  expect(await spoken()).toEqual([
    [0, 0],
    [0, 0],
  ]);
  while (!(await rebuildStep(env)));
});

const heldOf = async (db: D1Database, slot: Slot, ...ids: string[]): Promise<string[]> => {
  const { results } = await db
    .prepare(`SELECT id FROM docs_${slot} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`)
    .bind(JSON.stringify(ids))
    .all<{ id: string }>();
  return results.map((row) => row.id);
};

/** Where a second shard is bound, which may be away. */
const { SHARD_21: second, SEARCH_MIGRATIONS: migrations } = env as unknown as {
  SHARD_21: D1Database;
  SEARCH_MIGRATIONS: D1Migration[];
};
const withShard = (shard: object): Env => ({ ...env, SEARCH_1: shard }) as Env;
const both = withShard(second);
const gone = withShard({
  prepare: () => {
    throw new Error("The shard is away");
  },
});

test("a rebuild waits for a shard that is away, and misses none of its videos", async () => {
  await applyD1Migrations(second, migrations);
  const ids = await publish(...Array.from({ length: 40 }, (_, i) => ({ title: `Sharded ${i}` })));
  await beginRebuild(both, await countListed(catalog(env)));
  const before = await readState(env);
  const slot = before.rebuild?.slot ?? "a";
  for (let run = 0; run < 3; run++) expect(await rebuildStep(gone)).toBe(true);
  expect((await readState(env)).rebuild).toMatchObject({ after: "", attempts: 3 });
  while (!(await rebuildStep(both)));
  expect(await readState(env)).toEqual({ active: slot, rebuild: null });
  const held = await Promise.all([env.SEARCH, second].map((db) => heldOf(db, slot, ...ids)));
  expect(held.flat().toSorted()).toEqual(ids.toSorted());
  expect(held[1]?.length).toBeGreaterThan(0);
});

test("while a shard stays away, videos are put off a few at a time, and come back with it", async () => {
  const ids = await publish(...Array.from({ length: 60 }, (_, i) => ({ title: `Waiting ${i}` })));
  await beginRebuild(both, await countListed(catalog(env)));
  const slot = (await readState(env)).rebuild?.slot ?? "a";
  for (let run = 0; run < PATIENCE; run++) expect(await rebuildStep(gone)).toBe(true);
  expect((await readState(env)).rebuild).toMatchObject({ attempts: 0, skipped: OUTAGE });
  while (!(await rebuildStep(both)));
  while (!(await retrySkipped(both, Date.now() + 7_200_000)));
  const held = await Promise.all([env.SEARCH, second].map((db) => heldOf(db, slot, ...ids)));
  expect(held.flat().toSorted()).toEqual(ids.toSorted());
});
