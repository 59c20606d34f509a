import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/accounts.ts";
import { catalog } from "../db/client.ts";
import { readState } from "../db/search/shards.ts";
import { endTurn, isRebuildRequested, takeTurn } from "../db/search/rebuild.ts";
import { countView } from "../db/views.ts";
import { find, publish, titles } from "../domain/search/search.fixture.ts";
import { suggest } from "../domain/search/suggest.ts";
import { refreshViews, repairIndex } from "./repair-index.ts";
import { tendIndex } from "./rebuild-search.ts";

/** A quarter past some hour, after everything that the tests change is old enough. */
const later = () => Math.ceil((Date.now() + 120_000) / 3_600_000) * 3_600_000 + 900_000;

// A new release may have asked for one, and for some seconds an isolate searches the slot that it knows.
beforeAll(() => env.SEARCH.prepare("DELETE FROM index_state WHERE name = 'requested'").run());

const change = (id: string, set: string) =>
  env.CATALOG.prepare(
    `UPDATE videos SET ${set}, revision = revision + 1, updated_at = ? WHERE id = ?`,
  )
    .bind(Date.now(), id)
    .run();

const cardOf = (id: string) =>
  env.SEARCH.prepare("SELECT card FROM docs_a WHERE id = ?").bind(id).first<string>("card");

test("what is watched moves up in the index, without any other change of the video", async () => {
  const [quiet = "", seen = ""] = await publish(
    { title: "Pelican Diving One", publishedAt: 1e12 },
    { title: "Pelican Diving Two", publishedAt: 1e12 },
  );
  for (let i = 0; i < 40; i++)
    await countView(catalog(env), { videoId: seen, sessionId: `viewer ${i}` }, Date.now());
  while (!(await refreshViews(env)));
  expect(titles(await find("pelican", { sort: "popular" }))[0]).toBe("Pelican Diving Two");
  const [rowidSeen, rowidQuiet] = await Promise.all(
    [seen, quiet].map((id) =>
      env.SEARCH.prepare("SELECT rowid FROM docs_a WHERE id = ?").bind(id).first<number>("rowid"),
    ),
  );
  expect(rowidSeen).toBeLessThan(rowidQuiet ?? 0);
  const before = await cardOf(seen);
  await countView(catalog(env), { videoId: seen, sessionId: "one more" }, Date.now());
  await refreshViews(env);
  expect(await cardOf(seen)).toBe(before);
});

test("changes whose message was lost are found and indexed", async () => {
  const [renamed = "", hidden = "", kept = ""] = await publish(
    { title: "Lost Message" },
    { title: "Hidden Meanwhile" },
    { title: "Nothing Happened" },
  );
  await change(renamed, "title = 'Found Message'");
  await change(hidden, "visibility = 'private'");
  while (!(await repairIndex(env, later())));
  expect(titles(await find("found message"))[0]).toBe("Found Message");
  expect(await cardOf(hidden)).toBeNull();
  expect(await cardOf(kept)).not.toBeNull();
  // What has been compared is not looked at again.
  await env.SEARCH.prepare("DELETE FROM docs_a WHERE id = ?").bind(kept).run();
  await repairIndex(env, later());
  expect(await cardOf(kept)).toBeNull();
});

test("a creator who takes another name is found by that only", async () => {
  const { userId, cookie } = await signUp("creator");
  const rename = async (name: string) => {
    expect((await authFetch("/update-user", { cookie, body: { name } })).status).toBe(200);
    await tendIndex(env, later());
  };
  await publish({ title: "Her First Film", ownerId: userId });
  await rename("Aurelia Stonebridge");
  expect(titles(await find("stonebridge"))).toEqual(["Her First Film"]);
  await rename("Aurelia Weatherby");
  expect(titles(await find("weatherby"))).toEqual(["Her First Film"]);
  expect(titles(await find("stonebridge"))).toEqual([]);
  expect((await suggest(env, "aurelia", 8)).items.map((item) => item.text)).toEqual([
    "Aurelia Weatherby",
  ]);
});

test("an index that has lost many videos asks for a rebuild at the hour, and gets it", async () => {
  await publish(...Array.from({ length: 40 }, (_, i) => ({ title: `Drifting ${i}` })));
  const hour = later() - 900_000;
  const { active } = await readState(env);
  await tendIndex(env, hour);
  expect((await readState(env)).active).toBe(active);
  await env.SEARCH.prepare(`DELETE FROM docs_${active}`).run();
  await tendIndex(env, hour);
  const after = await readState(env);
  expect(after).toEqual({ active: active === "a" ? "b" : "a", rebuild: null });
  expect(await isRebuildRequested(env)).toBe(false);
  const held = env.SEARCH.prepare(`SELECT count(*) AS n FROM docs_${after.active}`);
  expect(await held.first<number>("n")).toBeGreaterThanOrEqual(40);
});

test("one run works on the index at a time, and one that died is waited for in vain only so long", async () => {
  expect(await takeTurn(env, 1000, 5000)).toBe(true);
  expect(await takeTurn(env, 2000, 6000)).toBe(false);
  expect(await takeTurn(env, 5000, 9000)).toBe(true);
  await endTurn(env, 5000);
  expect(await takeTurn(env, 6000, 10_000)).toBe(false);
  await endTurn(env, 9000);
  expect(await takeTurn(env, 6000, 10_000)).toBe(true);
  await endTurn(env, 10_000);
});
