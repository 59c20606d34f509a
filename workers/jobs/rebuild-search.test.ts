import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "../db/client.ts";
import { beginRebuild, currentRebuild, indexedVideos } from "../db/search/rebuild.ts";
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
  expect(await currentRebuild(env)).toMatchObject({ done: 200, total: 210 });
  expect((await readState(env)).active).toBe(before.active);

  // Changes while it runs reach both slots, whichever side of the cursor they are on.
  const [first = "", last = ""] = [ids.toSorted()[0], ids.toSorted().at(-1)];
  await Promise.all([hide(first), hide(last)]);
  await indexVideos(env, [first, last]);
  const [added = ""] = await publish({ title: "Born While Rebuilding" });

  while (!(await rebuildStep(env)));
  const after = await readState(env);
  expect(after).toEqual({ active: before.active === "a" ? "b" : "a", building: null });
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
