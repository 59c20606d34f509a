import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { authFetch, signUp } from "../../../tests/support/worker/accounts.ts";
import { indexedVideos } from "../../db/search/compare.ts";
import { readState } from "../../db/search/index-state.ts";
import { releaseLease, isRebuildRequested, acquireLease } from "../../db/search/rebuild.ts";
import {
  caption,
  cue,
  find,
  publish,
  storeCues,
  titles,
} from "../../../tests/support/worker/search.ts";
import { addViews } from "../../../tests/support/worker/views.ts";
import { suggest } from "../../services/search/suggest.ts";
import { auditIndex } from "./audit-index.ts";
import { indexVideos } from "./index-video.ts";
import { MAX_INDEX_ATTEMPTS, refreshViews, repairIndex, retrySkipped } from "./repair-index.ts";
import { maintainIndex } from "./rebuild-search.ts";

/** A quarter past the hour, when all changes of the tests are old enough to be compared. */
const later = () => Math.ceil((Date.now() + 120_000) / 3_600_000) * 3_600_000 + 900_000;

// Migrations request a rebuild, which would switch sides while the isolate uses the cached side for some seconds.
beforeAll(() => env.SEARCH.prepare("DELETE FROM index_state WHERE name = 'requested'").run());

function change(id: string, set: string) {
  return env.CATALOG.prepare(
    `UPDATE videos SET ${set}, revision = revision + 1, updated_at = ? WHERE id = ?`,
  )
    .bind(Date.now(), id)
    .run();
}

const cardOf = (id: string) =>
  env.SEARCH.prepare("SELECT card FROM docs_a WHERE id = ?").bind(id).first<string>("card");

test("watching a video moves it up in the index without any other change", async () => {
  const [quiet = "", seen = ""] = await publish(
    { title: "Pelican Diving One", publishedAt: 1e12 },
    { title: "Pelican Diving Two", publishedAt: 1e12 },
  );
  await addViews(seen, 40);
  while (!(await refreshViews(env)));
  expect(titles(await find("pelican", { sort: "popular" }))[0]).toBe("Pelican Diving Two");
  const [rowidSeen, rowidQuiet] = await Promise.all(
    [seen, quiet].map((id) =>
      env.SEARCH.prepare("SELECT rowid FROM docs_a WHERE id = ?").bind(id).first<number>("rowid"),
    ),
  );
  expect(rowidSeen).toBeLessThan(rowidQuiet ?? 0);
  const before = await cardOf(seen);
  await addViews(seen, 1);
  await refreshViews(env);
  expect(await cardOf(seen)).toBe(before);
});

test("changes whose messages were lost are found and indexed", async () => {
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
  // A change is compared only once.
  await env.SEARCH.prepare("DELETE FROM docs_a WHERE id = ?").bind(kept).run();
  await repairIndex(env, later());
  expect(await cardOf(kept)).toBeNull();
});

/** R2 is unavailable. */
const withoutMedia: Env = {
  ...env,
  MEDIA: {
    get: () => Promise.reject(new Error("R2 is unavailable")),
  } as unknown as R2Bucket,
};

test("captions that could not be read when the video was indexed are indexed later", async () => {
  const [id = ""] = await publish({ title: "Muted For Now" });
  while (!(await repairIndex(env, later())));
  await storeCues(id, [cue(61, "Hear the nightingale.")]);
  await expect(indexVideos(withoutMedia, [id])).rejects.toThrow("R2 is unavailable");
  expect(await repairIndex(withoutMedia, later())).toBe(true);
  expect((await find("nightingale ")).items).toEqual([]);
  while (!(await repairIndex(env, later())));
  expect((await find("nightingale ")).items[0]?.moments[0]?.start).toBe(61);
});

test("a video that cannot be indexed holds up the comparison for a limited time, and is tried again", async () => {
  const [bad = "", good = ""] = await publish({ title: "Broken" }, { title: "Whole" });
  while (!(await repairIndex(env, later())));
  await change(bad, "tags = 'not a list', title = 'Mended Accordion'");
  for (let run = 1; run < MAX_INDEX_ATTEMPTS; run++) await repairIndex(env, later());
  await change(good, "title = 'Whole Accordion'");
  await repairIndex(env, later());
  while (!(await repairIndex(env, later())));
  expect(titles(await find("accordion "))).toEqual(["Whole Accordion"]);

  await env.CATALOG.prepare("UPDATE videos SET tags = '[]' WHERE id = ?").bind(bad).run();
  await retrySkipped(env, later());
  expect(titles(await find("accordion "))).toEqual(["Whole Accordion"]);
  await retrySkipped(env, later() + 7_200_000);
  expect(titles(await find("accordion ")).toSorted()).toEqual([
    "Mended Accordion",
    "Whole Accordion",
  ]);
  const left = env.SEARCH.prepare("SELECT count(*) AS n FROM index_state WHERE name LIKE 'skip%'");
  expect(await left.first<number>("n")).toBe(0);
});

test("a renamed creator is found only by the new name", async () => {
  const { userId, cookie } = await signUp("creator");
  const rename = async (name: string) => {
    expect((await authFetch("/update-user", { cookie, body: { name } })).status).toBe(200);
    await maintainIndex(env, later());
  };
  await publish({ title: "Her First Video", ownerId: userId });
  await rename("Aurelia Stonebridge");
  expect(titles(await find("stonebridge"))).toEqual(["Her First Video"]);
  await rename("Aurelia Weatherby");
  expect(titles(await find("weatherby"))).toEqual(["Her First Video"]);
  expect(titles(await find("stonebridge"))).toEqual([]);
  expect((await suggest(env, "aurelia", 8, null)).items.map((item) => item.text)).toEqual([
    "Aurelia Weatherby",
  ]);
});

test("index rows that differ without a change are found a few videos at a time and repaired", async () => {
  const { active } = await readState(env);
  const [lost = "", mute = "", unknown = ""] = await publish(
    { title: "Lost Ocarina" },
    { title: "Mute Ocarina" },
    { title: "Strange Ocarina" },
  );
  await caption(mute, [cue(1, "Listen, a glockenspiel.")]);
  while (!(await repairIndex(env, later())));
  for (const [table, id] of [
    ["docs", lost],
    ["captioned", mute],
  ])
    await env.SEARCH.prepare(`DELETE FROM ${table}_${active} WHERE id = ?`).bind(id).run();
  await env.CATALOG.prepare("DELETE FROM videos WHERE id = ?").bind(unknown).run();
  await env.SEARCH.prepare("DELETE FROM index_state WHERE name = 'audited'").run();
  for (let run = 0; run < 2; run++) expect(await auditIndex(env, later())).toBe(false);
  expect(titles(await find("ocarina ")).toSorted()).toEqual(["Lost Ocarina", "Mute Ocarina"]);
  expect((await find("glockenspiel ")).items).toHaveLength(1);
  const left = env.SEARCH.prepare(`SELECT count(*) AS n FROM docs_${active} WHERE id = ?`);
  expect(await left.bind(unknown).first<number>("n")).toBe(0);
});

test("an index that has lost many videos is rebuilt", async () => {
  await publish(...Array.from({ length: 40 }, (_, i) => ({ title: `Drifting ${i}` })));
  const hour = later() - 900_000;
  const { active } = await readState(env);
  await maintainIndex(env, hour);
  expect((await readState(env)).active).toBe(active);
  await env.SEARCH.prepare(`DELETE FROM docs_${active}`).run();
  await maintainIndex(env, hour);
  const after = await readState(env);
  expect(after).toEqual({ active: active === "a" ? "b" : "a", rebuild: null });
  expect(await isRebuildRequested(env)).toBe(false);
  const count = env.SEARCH.prepare(`SELECT count(*) AS n FROM docs_${after.active}`);
  expect(await count.first<number>("n")).toBeGreaterThanOrEqual(40);
});

test("an index audit ends after a fixed number of videos, however many there are", async () => {
  const ids = await publish(...Array.from({ length: 300 }, (_, i) => ({ title: `Many ${i}` })));
  while (!(await repairIndex(env, later())));
  const { active } = await readState(env);
  await env.SEARCH.prepare("DELETE FROM index_state WHERE name = 'audited'").run();
  const last = ids.toSorted().at(-1) ?? "";
  const isIn = async () => (await indexedVideos(env, [last])).get(last) !== undefined;
  await env.SEARCH.prepare(`DELETE FROM docs_${active} WHERE id = ?`).bind(last).run();
  await auditIndex(env, later());
  expect(await isIn()).toBe(false);
  await auditIndex(env, later());
  expect(await isIn()).toBe(true);
});

test("only one run works on the index at a time, and the lease of a dead run expires", async () => {
  expect(await acquireLease(env, 1000, 5000)).toBe(true);
  expect(await acquireLease(env, 2000, 6000)).toBe(false);
  expect(await acquireLease(env, 5000, 9000)).toBe(true);
  await releaseLease(env, 5000);
  expect(await acquireLease(env, 6000, 10_000)).toBe(false);
  await releaseLease(env, 9000);
  expect(await acquireLease(env, 6000, 10_000)).toBe(true);
  await releaseLease(env, 10_000);
});
