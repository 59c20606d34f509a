import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { dump, type Query, wipeStatements } from "../../scripts/backup/dump.ts";
import type { Playback } from "../contract/playback.ts";
import { readState } from "../db/search/index-state.ts";
import { isRebuildRequested, requestRebuild } from "../db/search/rebuild.ts";
import { maintainIndex } from "./rebuild-search.ts";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { insertVideo, ORIGIN } from "../../tests/support/worker/media.ts";
import { caption, cue, find, titles } from "../../tests/support/worker/search.ts";
import { indexVideos } from "./index-video.ts";

const query: Query = async (sql) => (await env.CATALOG.prepare(sql).all()).results;
const SEGMENT = "h264-360/0.1/00000.m4s";
const BYTES = Uint8Array.from({ length: 500 }, (_, index) => index % 251);

async function dumped(): Promise<string[]> {
  const statements: string[] = [];
  for await (const statement of dump(query)) statements.push(statement);
  return statements;
}

/** All or nothing, as `wrangler d1 execute --file` and a transaction of SQLite. */
const runAll = (statements: readonly string[]) =>
  env.CATALOG.batch(statements.map((statement) => env.CATALOG.prepare(statement)));

async function published(ownerId: string, title: string): Promise<string> {
  const id = await insertVideo({ ownerId, title, publishedAt: Date.now() });
  await env.MEDIA.put(`${id}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  await env.MEDIA.put(`${id}/1/${SEGMENT}`, BYTES);
  await indexVideos(env, [id]);
  return id;
}

/** Plays like a visitor: asks for a playback, and fetches its playlist and a segment. */
async function plays(id: string): Promise<void> {
  const created = await exports.default.fetch(`${ORIGIN}/v1/videos/${id}/playback`, {
    method: "POST",
  });
  expect(created.status).toBe(200);
  const { hls, token } = await created.json<Playback>();
  const playlist = await exports.default.fetch(new URL(hls, ORIGIN));
  expect([playlist.status, await playlist.text()]).toEqual([200, "#EXTM3U\n"]);
  const segment = await exports.default.fetch(`${ORIGIN}/media/${token}/${id}/1/${SEGMENT}`);
  expect(new Uint8Array(await segment.arrayBuffer())).toEqual(BYTES);
}

test("after the catalogue was lost, a restored one signs in, plays and finds everything of the backup", async () => {
  const account = await signUp("creator");
  // What SQL, JSON and line breaks could damage.
  const title = "Ada's \"harbour\"; -- \n'); DROP TABLE videos; ⛵";
  const ids = [
    await published(account.userId, title),
    await published(account.userId, "Quiet lighthouse"),
  ];
  await caption(ids[1] ?? "", [cue(1, "the lamp over seven seas")]);
  await env.CATALOG.prepare(
    "INSERT INTO outbox (queue, body, created_at) VALUES ('events', '{}', 9007199254740991)",
  ).run();
  const backup = await dumped();

  // What came after the backup is lost, also from the search.
  await published(account.userId, "Born after the backup");
  expect(titles(await find("born backup"))).toEqual(["Born after the backup"]);

  await runAll(["PRAGMA defer_foreign_keys = TRUE", ...(await wipeStatements(query))]);
  expect(await query("SELECT name FROM sqlite_schema WHERE name = 'videos'")).toEqual([]);
  const whileLost = await exports.default.fetch(`${ORIGIN}/v1/videos/${ids[0]}`);
  expect(whileLost.status).toBeGreaterThanOrEqual(500);

  await runAll([...(await wipeStatements(query)), ...backup]);
  // Nothing is missing, and nothing has changed on the way.
  expect(await dumped()).toEqual(backup);

  await requestRebuild(env);
  do await maintainIndex(env);
  while ((await isRebuildRequested(env)) || (await readState(env)).rebuild !== null);

  for (const id of ids) await plays(id);
  expect(titles(await find("harbour"))).toEqual([title]);
  expect((await find("seven seas")).items[0]?.moments).toHaveLength(1);
  expect(titles(await find("born backup"))).toEqual([]);
  const { email, password, headers } = account;
  expect((await authFetch("/sign-in/email", { body: { email, password } })).status).toBe(200);
  const own = await exports.default.fetch(`${ORIGIN}/v1/videos/${ids[0]}`, { headers });
  expect(await own.json()).toMatchObject({ title, creator: { id: account.userId } });
  await env.CATALOG.prepare("DELETE FROM outbox WHERE body = '{}'").run();
});

test("a restore that breaks off leaves the catalogue as it was", async () => {
  const before = await dumped();
  const broken = [...before.slice(0, -1), "INSERT INTO videos (id) VALUES (NULL)"];
  await expect(runAll([...(await wipeStatements(query)), ...broken])).rejects.toThrow(
    /constraint failed/,
  );
  expect(await dumped()).toEqual(before);
});
