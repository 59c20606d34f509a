import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { catalog } from "../../db/client.ts";
import { MIN_WATCHED_PICKS } from "../../db/popular-searches.ts";
import { videos } from "../../db/schema.ts";
import { viewCounterOf } from "../../db/views.ts";
import { anonymous, call, newAccount } from "../../../tests/support/worker/api.ts";
import { ANONYMOUS } from "../../domain/principal.ts";
import { publish } from "../../../tests/support/worker/search.ts";
import { addFlush, flushViews } from "../../../tests/support/worker/views.ts";
import { newId } from "../../domain/id.ts";
import { viewerHash } from "../viewer-hash.ts";
import { recordPick } from "./popular.ts";
import { suggest } from "./suggest.ts";

async function searches(typed: string): Promise<string[]> {
  return (await suggest(env, typed, 8, null)).items
    .filter((item) => item.kind === "query")
    .map((item) => item.text);
}

/** Four viewers find a video with a search and watch it. */
async function pick(query: string, videoId: string, group: string, days = 0): Promise<void> {
  const at = Date.UTC(2026, 0, 1) + days * 86_400_000;
  const people = [1, 2, 3, 4].map((person) => ({ videoId, who: `${group}${person}` }));
  const picks = people.map((person) => ({ ...person, query, at }));
  // Repeated, as after a response that was lost.
  for (const _twice of [1, 2]) await addFlush({ picks, watched: people });
}

test("a search becomes a suggestion once many viewers have watched a video found with it", async () => {
  const [videoId = ""] = await publish({ title: "Heron at Dawn" });
  const viewers = await Promise.all(
    Array.from({ length: MIN_WATCHED_PICKS }, () => newAccount("viewer")),
  );
  const typed = [" Heron  documentary", "heron documentary", "HERON documentary!!! \u{1f595}"];
  for (const [i, { app }] of viewers.entries()) {
    expect(await searches("heron doc")).toEqual([]);
    for (const _twice of [1, 2])
      expect((await call(app, "POST", "/v1/searches", { q: typed[i % 3], videoId })).status).toBe(
        202,
      );
  }
  const picks = async () =>
    (await env.CATALOG.prepare("SELECT count(*) AS n FROM search_picks WHERE video_id = ?")
      .bind(videoId)
      .first<{ n: number }>())!.n;
  await flushViews(videoId);
  expect(await picks()).toBe(viewers.length);
  expect(await searches("heron doc")).toEqual([]);
  const counter = viewCounterOf(env, videoId);
  for (const principal of viewers) {
    const who = await viewerHash(env, principal, "");
    const [sessionId, at] = [newId(), Date.now()];
    await counter.noteFetch(videoId, sessionId, at);
    await counter.countView({ videoId, sessionId, who, at, viewTimeMs: 0 });
  }
  await flushViews(videoId);
  // Without the emoji that only one of them typed.
  expect(await searches("heron doc")).toEqual(["heron documentary"]);
});

/** How many viewers count for these searches, each from an address without an account. */
async function pickersOf(...searchedFrom: [q: string, address: string][]): Promise<string[]> {
  const [videoId = ""] = await publish({ title: "Herons" });
  for (const [q, address] of searchedFrom)
    await recordPick(env, ANONYMOUS, address, { q, videoId });
  await flushViews(videoId);
  const { results } = await env.CATALOG.prepare("SELECT who FROM search_picks WHERE video_id = ?")
    .bind(videoId)
    .all<{ who: string }>();
  return results.map(({ who }) => who);
}

test.each([
  [["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"], 1],
  [["192.0.2.1", "192.0.2.2"], 2],
  [["2001:db8::1", "2001:DB8:0:0:ffff:1:2:3", "2001:db8:0:0::7"], 1],
  [["2001:db8::1", "2001:db8:0:1::1", "2001:db8:1::1"], 3],
])("%j count as %i viewers", async (addresses, viewers) => {
  const query = `herons of ${addresses[1]}`.replaceAll(/[\d:.]/g, "x");
  const searches = addresses.map((address): [string, string] => [query, address]);
  expect(await pickersOf(...searches)).toHaveLength(viewers);
});

test("a search of very long words, or of a number with dots, is not reported", async () => {
  const long = `${"a".repeat(38)} `.repeat(3);
  expect(await pickersOf([long, "192.0.2.1"], ["call 0044.1632.960123", "192.0.2.1"])).toEqual([]);
  expect(await pickersOf([long.slice(0, 100), "192.0.2.1"])).toHaveLength(1);
});

test("a search with a blocked word is not counted", async () => {
  const address = "192.0.2.1";
  expect(
    await pickersOf(
      ["free PORN videos", address],
      ["Fùcking herons", address],
      ["fuckers", address],
    ),
  ).toEqual([]);
  expect(await pickersOf(["Scunthorpe", address], ["cockatoos", address])).toHaveLength(2);
});

test("a popular search with a word that is blocked later is no longer suggested", async () => {
  const [videoId = ""] = await publish({ title: "Vacuum" });
  for (const who of ["a", "b", "c"]) await pick("vacuum brandname sale", videoId, who);
  expect(await searches("vacuum b")).toEqual(["vacuum brandname sale"]);
  const blocking = { ...env, BLOCKED_SEARCH_WORDS: "other Brandname" };
  expect(
    (await suggest(blocking, "vacuum b", 8, null)).items.map((item) => item.text),
  ).not.toContain("vacuum brandname sale");
});

test("a search that looks personal, or leads to a hidden video, is never counted", async () => {
  const [videoId = ""] = await publish({ title: "Private Matters" });
  const { app } = await newAccount("viewer");
  const [hidden = ""] = await publish({ title: "Nobody's Business", visibility: "private" });
  expect(
    (await call(app, "POST", "/v1/searches", { q: "secret words", videoId: hidden })).status,
  ).toBe(202);
  for (const q of ["ana@example.com", "call 0044 1632 960123", "x", "ordinary words"])
    expect((await call(app, "POST", "/v1/searches", { q, videoId })).status).toBe(202);
  for (const id of [videoId, hidden]) await flushViews(id);
  const { results } = await env.CATALOG.prepare(
    "SELECT query FROM search_picks WHERE query IN ('ana example com', 'call 0044 1632 960123', 'x', 'secret words', 'ordinary words')",
  ).all<{ query: string }>();
  expect(results.map((row) => row.query)).toEqual(["ordinary words"]);
  expect((await call(anonymous, "POST", "/v1/searches", { q: "no video" })).status).toBe(400);
});

test("a popular search disappears when the video it led to is removed", async () => {
  const [videoId = ""] = await publish({ title: "Secret Launch" });
  for (const who of ["a", "b", "c"]) await pick("rocket launch", videoId, who);
  expect(await searches("rocket")).toEqual(["rocket launch"]);
  await catalog(env).update(videos).set({ visibility: "private" });
  expect(await searches("rocket")).toEqual([]);
  expect(await searches("")).not.toContain("rocket launch");
});

test("a popular search depends on the videos that most viewers opened, not on the last one", async () => {
  const [secret = "", other = ""] = await publish({ title: "Osprey" }, { title: "Birds" });
  for (const who of ["a", "b", "c", "d", "e"]) await pick("codename osprey", secret, who);
  for (const who of ["f", "g", "h"]) await pick("codename osprey", other, who);
  expect(await searches("codename")).toEqual(["codename osprey"]);
  await catalog(env).update(videos).set({ visibility: "private" }).where(eq(videos.id, secret));
  expect(await searches("codename")).toEqual([]);
});

test("among many searches with the same first letters, the most popular come first", async () => {
  const [videoId = ""] = await publish({ title: "Zebras" });
  await env.CATALOG.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
    INSERT INTO popular_searches (query, score, people) SELECT 'zebra a' || i, 1, 3 FROM n`,
  ).run();
  for (const who of ["a", "b", "c", "d"]) await pick("zebra zoo", videoId, who);
  for (const typed of ["z", "zeb", "zebra "]) expect((await searches(typed))[0]).toBe("zebra zoo");
});

test("popular searches are ranked by recency and number of viewers", async () => {
  const [videoId = ""] = await publish({ title: "Weather" });
  for (const who of ["a", "b", "c", "d", "e", "f"]) await pick("weather old", videoId, who, 0);
  for (const who of ["a", "b", "c"]) await pick("weather new", videoId, who, 28);
  for (const who of ["a", "b", "c", "d"]) await pick("weather many", videoId, who, 28);
  const rows = await env.CATALOG.prepare(
    "SELECT query FROM popular_searches WHERE query LIKE 'weather%' ORDER BY score DESC",
  ).all<{ query: string }>();
  expect(rows.results.map((row) => row.query)).toEqual([
    "weather many",
    "weather new",
    "weather old",
  ]);
  expect(await searches("weath")).toEqual(["weather many", "weather new"]);
});
