import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "../db/client.ts";
import {
  beginRebuild,
  finishRebuild,
  indexedVideos,
  isRebuildRequested,
  saveRebuild,
} from "../db/search/rebuild.ts";
import { openIndex, readState } from "../db/search/shards.ts";
import { topDocuments } from "../db/search/rows.ts";
import { everythingMatch } from "../db/search/match.ts";
import { countListed } from "../db/videos.ts";
import { find, publish, titles } from "../domain/search/search.fixture.ts";
import { indexVideos } from "./index-video.ts";
import { rebuildStep } from "./rebuild-search.ts";

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
  expect(await indexedVideos(env)).toBe(await countListed(catalog(env)));
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

test("a video that cannot be indexed is left out of a rebuild, and holds up no other", async () => {
  const [bad = "", good = ""] = await publish({ title: "Unreadable" }, { title: "Readable" });
  await env.CATALOG.prepare("UPDATE videos SET tags = 'no list' WHERE id = ?").bind(bad).run();
  await beginRebuild(env, await countListed(catalog(env)));
  const { rebuild } = await readState(env);
  while (!(await rebuildStep(env)));
  const held = await env.SEARCH.prepare(`SELECT id FROM docs_${rebuild?.slot} WHERE id IN (?, ?)`)
    .bind(bad, good)
    .all<{ id: string }>();
  expect(held.results.map((row) => row.id)).toEqual([good]);
  await env.CATALOG.prepare("DELETE FROM videos WHERE id = ?").bind(bad).run();
});
