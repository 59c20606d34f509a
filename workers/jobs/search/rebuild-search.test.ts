import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "../../db/client.ts";
import {
  beginRebuild,
  finishRebuild,
  isRebuildRequested,
  saveRebuild,
} from "../../db/search/rebuild.ts";
import { findCueWindows } from "../../db/search/cue-windows.ts";
import { type IndexSide, readState } from "../../db/search/index-state.ts";
import { openIndex } from "../../db/search/shards.ts";
import { topDocuments } from "../../db/search/top-documents.ts";
import { allMatch } from "../../db/search/match.ts";
import { countEver } from "../../db/videos.ts";
import { caption, cue, find, publish, titles } from "../../../tests/support/worker/search.ts";
import { indexVideos, MAX_FAILED_VIDEOS } from "./index-video.ts";
import { rebuildStep } from "./rebuild-search.ts";
import { MAX_INDEX_ATTEMPTS, retrySkipped } from "./repair-index.ts";

function hide(id: string) {
  return env.CATALOG.prepare(
    "UPDATE videos SET visibility = 'private', revision = revision + 1 WHERE id = ?",
  )
    .bind(id)
    .run();
}

test("searches use the old index until a rebuild is complete, and the rebuild misses no change made meanwhile", async () => {
  const given = Array.from({ length: 210 }, (_, i) => ({ title: `Rebuilt ${i}` }));
  const ids = await publish(...given);
  const before = await readState(env);
  await beginRebuild(env, await countEver(catalog(env)));
  expect(titles(await find("rebuilt 7 "))[0]).toBe("Rebuilt 7");

  expect(await rebuildStep(env, Date.now(), 200)).toBe(false);
  expect(await readState(env)).toMatchObject({
    active: before.active,
    rebuild: { done: 200, total: 210 },
  });

  // Changes during the rebuild reach both sides, wherever the cursor is.
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
    { ...(await openIndex(env)), side: after.active },
    [allMatch],
    400,
  );
  expect(new Set(whole)).toEqual(
    new Set([...ids.filter((id) => id !== first && id !== last), added]),
  );
});

test("when two runs continue a rebuild, the one that is behind changes nothing", async () => {
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
  expect(await readState(env)).toEqual({ active: behind.side, rebuild: null });
  expect(await isRebuildRequested(env)).toBe(false);
});

test("an unfinished rebuild of an older release does not prevent a new one", async () => {
  await env.SEARCH.prepare(
    `INSERT INTO index_state (name, value) VALUES ('rebuild', '{"after":"","done":0,"total":1,"startedAt":1}')`,
  ).run();
  expect((await readState(env)).rebuild).toBeNull();
  await beginRebuild(env, 1);
  expect((await readState(env)).rebuild).toMatchObject({ done: 0 });
  while (!(await rebuildStep(env)));
  expect((await readState(env)).rebuild).toBeNull();
});

test("a video that cannot be indexed is skipped in the end and blocks no other", async () => {
  const [bad = "", good = ""] = await publish({ title: "Unreadable" }, { title: "Readable" });
  await env.CATALOG.prepare("UPDATE videos SET tags = 'not a list' WHERE id = ?").bind(bad).run();
  await beginRebuild(env, await countEver(catalog(env)));
  const { rebuild } = await readState(env);
  const side = rebuild?.side ?? "a";
  for (let run = 1; run < MAX_INDEX_ATTEMPTS; run++) while (!(await rebuildStep(env)));
  expect((await readState(env)).rebuild).toMatchObject({
    attempts: MAX_INDEX_ATTEMPTS - 1,
    skipped: 0,
  });
  while (!(await rebuildStep(env)));
  while (!(await rebuildStep(env)));
  expect(await readState(env)).toEqual({ active: side, rebuild: null });
  expect(await idsIn(env.SEARCH, side, bad, good)).toEqual([good]);
  await env.CATALOG.prepare("UPDATE videos SET tags = '[]' WHERE id = ?").bind(bad).run();
  await retrySkipped(env, Date.now() + 7_200_000);
  expect(await idsIn(env.SEARCH, side, bad, good)).toEqual([bad, good].toSorted());
});

test("a rebuild indexes captions", async () => {
  const [id = ""] = await publish({ title: "Captions Kept" });
  await caption(id, [cue(95, "The tambourine, please.")]);
  await beginRebuild(env, await countEver(catalog(env)));
  const side = (await readState(env)).rebuild?.side ?? "a";
  while (!(await rebuildStep(env)));
  const index = { ...(await openIndex(env)), side };
  expect(await findCueWindows(index, '"tambourine"', [id])).toHaveLength(1);
  expect(await termsOf(side, "tambourine")).toBe(1);
});

function termsOf(side: IndexSide, word: string) {
  return env.SEARCH.prepare(`SELECT count(*) AS n FROM words_${side} WHERE term = ?`)
    .bind(word)
    .first<number>("n");
}

test("a hidden video leaves no captions in the index or in the side being rebuilt", async () => {
  const [id = ""] = await publish({ title: "Hidden Speech" });
  await caption(id, [cue(1, "An oboe."), cue(100, "Another oboe.")]);
  await beginRebuild(env, await countEver(catalog(env)));
  await indexVideos(env, [id]);
  const captionCounts = () =>
    Promise.all(
      (["a", "b"] as const).map(async (side) => [
        (await findCueWindows({ ...(await openIndex(env)), side }, '"oboe"', [id])).length,
        await env.SEARCH.prepare(
          `SELECT (SELECT count(*) FROM captioned_${side} WHERE id = ?) + (SELECT count(*) FROM cues_${side} WHERE cues_${side} MATCH 'oboe') AS n`,
        )
          .bind(id)
          .first<number>("n"),
      ]),
    );
  expect(await captionCounts()).toEqual([
    [2, 3],
    [2, 3],
  ]);
  await hide(id);
  await indexVideos(env, [id]);
  expect(await captionCounts()).toEqual([
    [0, 0],
    [0, 0],
  ]);
  while (!(await rebuildStep(env)));
});

async function idsIn(db: D1Database, side: IndexSide, ...ids: string[]): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT id FROM docs_${side} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`)
    .bind(JSON.stringify(ids))
    .all<{ id: string }>();
  return results.map((row) => row.id);
}

/** A second shard, which may be unavailable. */
const { SHARD_21: second, SEARCH_MIGRATIONS: migrations } = env as unknown as {
  SHARD_21: D1Database;
  SEARCH_MIGRATIONS: D1Migration[];
};
const withShard = (shard: object): Env => ({ ...env, SEARCH_1: shard }) as Env;
const both = withShard(second);
const unavailable = withShard({
  prepare: () => {
    throw new Error("The shard is unavailable");
  },
});

test("a rebuild waits for an unavailable shard, and misses none of its videos", async () => {
  await applyD1Migrations(second, migrations);
  const ids = await publish(...Array.from({ length: 40 }, (_, i) => ({ title: `Sharded ${i}` })));
  await beginRebuild(both, await countEver(catalog(env)));
  const before = await readState(env);
  const side = before.rebuild?.side ?? "a";
  for (let run = 0; run < 3; run++) expect(await rebuildStep(unavailable)).toBe(true);
  expect((await readState(env)).rebuild).toMatchObject({ after: "", attempts: 3 });
  while (!(await rebuildStep(both)));
  expect(await readState(env)).toEqual({ active: side, rebuild: null });
  const found = await Promise.all([env.SEARCH, second].map((db) => idsIn(db, side, ...ids)));
  expect(found.flat().toSorted()).toEqual(ids.toSorted());
  expect(found[1]?.length).toBeGreaterThan(0);
});

test("while a shard stays unavailable, videos are skipped a few at a time, and indexed when it is back", async () => {
  const ids = await publish(...Array.from({ length: 60 }, (_, i) => ({ title: `Waiting ${i}` })));
  await beginRebuild(both, await countEver(catalog(env)));
  const side = (await readState(env)).rebuild?.side ?? "a";
  for (let run = 0; run < MAX_INDEX_ATTEMPTS; run++)
    expect(await rebuildStep(unavailable)).toBe(true);
  expect((await readState(env)).rebuild).toMatchObject({ attempts: 0, skipped: MAX_FAILED_VIDEOS });
  while (!(await rebuildStep(both)));
  while (!(await retrySkipped(both, Date.now() + 7_200_000)));
  const found = await Promise.all([env.SEARCH, second].map((db) => idsIn(db, side, ...ids)));
  expect(found.flat().toSorted()).toEqual(ids.toSorted());
});
