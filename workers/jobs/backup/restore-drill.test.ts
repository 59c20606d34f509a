import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { dump, type Query, wipeStatements } from "../../db/backup/dump.ts";
import type { Playback } from "../../contract/playback.ts";
import { readState } from "../../db/search/index-state.ts";
import { isRebuildRequested, requestRebuild } from "../../db/search/rebuild.ts";
import { libraryOf } from "../../db/history.ts";
import { newId } from "../../domain/id.ts";
import type { Principal } from "../../domain/principal.ts";
import { MAIN_PROFILE } from "../../domain/profiles.ts";
import { libraryBackups, restoreLibraries } from "../../services/library-copies.ts";
import { BackupManifest } from "../../contract/backup-manifest.ts";
import { backupName, isBackupName } from "../../domain/backup-names.ts";
import { checkedBytes } from "../../media/checksum.ts";
import { newestBackup } from "../../media/catalog-copies.ts";
import { queuedVideo } from "../../../tests/support/worker/transcoding.ts";
import { copyCatalog } from "./copy-catalog.ts";
import { copyLibraries } from "./copy-libraries.ts";
import { maintainIndex } from "../search/rebuild-search.ts";
import { authFetch, signUp } from "../../../tests/support/worker/accounts.ts";
import { insertVideo, ORIGIN } from "../../../tests/support/worker/media.ts";
import { caption, cue, find, titles } from "../../../tests/support/worker/search.ts";
import { indexVideos } from "../search/index-video.ts";

const query: Query = async (sql) => (await env.CATALOG.prepare(sql).all()).results;
const SEGMENT = "h264-360/0.1/00000.m4s";
const BYTES = Uint8Array.from({ length: 500 }, (_, index) => index % 251);

async function dumped(): Promise<string[]> {
  const statements: string[] = [];
  for await (const statement of dump(query)) statements.push(statement);
  return statements;
}

/** All or nothing, like `wrangler d1 execute --file` and a transaction in SQLite. */
const runAll = (statements: readonly string[]) =>
  env.CATALOG.batch(statements.map((statement) => env.CATALOG.prepare(statement)));

async function published(ownerId: string, title: string): Promise<string> {
  const id = await insertVideo({ ownerId, title, publishedAt: Date.now() });
  await env.MEDIA.put(`${id}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  await env.MEDIA.put(`${id}/1/${SEGMENT}`, BYTES);
  await indexVideos(env, [id]);
  return id;
}

/** Plays like a visitor: requests a playback and fetches its playlist and a segment. */
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

test("a restored catalogue signs in, plays and finds everything in the backup", async () => {
  const account = await signUp("creator");
  // Text that SQL, JSON and line breaks could damage.
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

  // Changes after the backup are lost, also in the search index.
  await published(account.userId, "Born after the backup");
  expect(titles(await find("born backup"))).toEqual(["Born after the backup"]);

  await runAll(["PRAGMA defer_foreign_keys = TRUE", ...(await wipeStatements(query))]);
  expect(await query("SELECT name FROM sqlite_schema WHERE name = 'videos'")).toEqual([]);
  const whileLost = await exports.default.fetch(`${ORIGIN}/v1/videos/${ids[0]}`);
  expect(whileLost.status).toBeGreaterThanOrEqual(500);

  await runAll([...(await wipeStatements(query)), ...backup]);
  // Nothing is missing, and nothing was changed.
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

test("an interrupted restore leaves the catalogue unchanged", async () => {
  const before = await dumped();
  const broken = [...before.slice(0, -1), "INSERT INTO videos (id) VALUES (NULL)"];
  await expect(runAll([...(await wipeStatements(query)), ...broken])).rejects.toThrow(
    /constraint failed/,
  );
  expect(await dumped()).toEqual(before);
});

const { SPARE_BUCKET } = env as unknown as { SPARE_BUCKET: R2Bucket };
const withBucket = { ...env, BACKUPS: SPARE_BUCKET };

/** The newest backup of the cron: its statements, after their checksums were compared. */
async function cronBackup(name: string): Promise<string[]> {
  const manifest = BackupManifest.parse(
    await (await SPARE_BUCKET.get(`${name}/manifest.json`))?.json(),
  );
  let script = "";
  for (const [file, { sha256 }] of Object.entries(manifest.files)) {
    const text = (await (await SPARE_BUCKET.get(`${name}/${file}`))?.text()) ?? "";
    expect((await checkedBytes(text)).sha256).toBe(sha256);
    script += text;
  }
  // Lines of a statement that begin another one are indented.
  return script
    .replace(/;\n$/, "")
    .split(/;\n(?=(?:INSERT|CREATE|DELETE|UPDATE|PRAGMA)\b)/)
    .filter((statement) => statement !== "");
}

test("the cron copies the catalogue once per day over several runs while it changes, and the copy can be restored", async () => {
  const account = await signUp("creator");
  const leaving = await signUp("viewer");
  const title = "Ada's \"lamp\"; -- \n'); DROP TABLE videos; ⛵";
  const id = await published(account.userId, title);
  await env.CATALOG.prepare(
    "INSERT INTO dead_letters (queue, body, received_at) VALUES ('x', '{}', 1)",
  ).run();
  const now = Date.parse("2031-02-03T01:00:00Z");
  const name = backupName("2031-02-03T01:00:00.000Z");
  const isMade = () => SPARE_BUCKET.head(`${name}/manifest.json`);
  let late = "";
  for (let runs = 0; !(await isMade()); runs++) {
    expect(runs).toBeLessThan(200);
    // No time budget: a run copies one page.
    await copyCatalog(withBucket, now + runs * 180_000, 0);
    if (runs !== 12) continue;
    // Sessions are copied before accounts.
    await env.CATALOG.prepare("DELETE FROM user WHERE id = ?").bind(leaving.userId).run();
    late = await published(account.userId, "Published meanwhile");
    // The upload is complete before its transcode has been copied.
    await queuedVideo(account.userId);
  }
  const files = (await SPARE_BUCKET.list({ prefix: `${name}/catalog-` })).objects;
  expect(files.length).toBeGreaterThan(20);
  expect(await newestBackup(SPARE_BUCKET)).toBeGreaterThan(Date.now() - 60_000);
  await copyCatalog(withBucket, now + 3_600_000);
  expect((await SPARE_BUCKET.list({ delimiter: "/", prefix: "2031" })).delimitedPrefixes).toEqual([
    `${name}/`,
  ]);

  const tables = () =>
    query(
      "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name",
    );
  const before = await tables();
  await env.CATALOG.prepare("DELETE FROM videos").run();
  await runAll([...(await wipeStatements(query)), ...(await cronBackup(name))]);
  expect(await tables()).toEqual(before);
  await plays(id);
  await plays(late);
  const own = await exports.default.fetch(`${ORIGIN}/v1/videos/${id}`);
  expect(await own.json()).toMatchObject({ title, creator: { id: account.userId } });
  const { email, password } = account;
  expect((await authFetch("/sign-in/email", { body: { email, password } })).status).toBe(200);
  const orphans = await query("SELECT 1 FROM session WHERE user_id NOT IN (SELECT id FROM user)");
  expect(orphans).toEqual([]);
  const usage = await query(
    `SELECT c.videos - (SELECT count(*) FROM videos v WHERE v.owner_id = c.owner_id AND erased_at IS NULL) AS off
     FROM creator_usage c WHERE off <> 0`,
  );
  expect(usage).toEqual([]);
  // Numbers of deleted rows are not reused, and triggers work.
  await env.CATALOG.prepare("DELETE FROM dead_letters").run();
  const [letter] = await query(
    "INSERT INTO dead_letters (queue, body, received_at) VALUES ('x', '{}', 2) RETURNING id > 1 AS isNew",
  );
  expect(letter).toEqual({ isNew: 1 });
});

test("only the cron's newest backups are kept", async () => {
  for (let days = 0; days < 31; days++)
    await SPARE_BUCKET.put(
      `${backupName(new Date(days * 86_400_000).toISOString())}/manifest.json`,
      "",
    );
  await copyCatalog(withBucket, Date.parse("2032-01-01T00:00:00Z"));
  const kept = (await SPARE_BUCKET.list({ delimiter: "/" })).delimitedPrefixes.filter((prefix) =>
    isBackupName(prefix.slice(0, -1)),
  );
  expect(kept).toHaveLength(30);
  expect(kept.at(-1)).toMatch(/^2032/);
});

test("the data in an account's Durable Object is copied daily in parts and restored after a loss", async () => {
  const own = withBucket;
  const admin: Principal = {
    ...{ kind: "user", userId: newId(), role: "admin", via: "session" },
    scopes: new Set(["admin"]),
  };
  const account = await signUp("creator");
  const other = await signUp("viewer");
  const library = libraryOf(env, account.userId);
  const watched = { videoId: newId(), position: 42, finished: false, updatedAt: 7 };
  await library.putProgress(MAIN_PROFILE, watched);
  await library.follow(other.userId, 1);
  const before = await library.copyAll();

  const day = "2031-02-03";
  const now = Date.parse(`${day}T01:00:00Z`);
  await copyLibraries(own, now);
  // One backup is made per day.
  await copyLibraries(own, now + 3_600_000);
  const [copy] = (await libraryBackups(own)).items;
  expect(copy).toMatchObject({ day, parts: 1 });
  expect(copy!.accounts).toBeGreaterThanOrEqual(2);

  await library.clearProgress(MAIN_PROFILE);
  await library.unfollow([other.userId]);
  await library.putProgress(MAIN_PROFILE, { ...watched, videoId: newId() });
  const restored = await restoreLibraries(own, admin, day, 0);
  expect(restored).toEqual({ accounts: copy!.accounts, next: null });
  expect(await library.copyAll()).toEqual(before);
  expect(await library.listProgress(MAIN_PROFILE, 10)).toEqual([watched]);
  expect(await library.isFollowing(other.userId)).toBe(true);

  // A modified part is not restored, and only the newest days are kept.
  const [key] = (await SPARE_BUCKET.list({ prefix: `libraries/${day}/0` })).objects;
  await SPARE_BUCKET.put(key!.key, "{}");
  await expect(restoreLibraries(own, admin, day, 0)).rejects.toThrow(/was changed/);
  await expect(restoreLibraries(own, admin, day, 1)).rejects.toThrow(/no such part/);
  for (let days = 1; days <= 7; days++) await copyLibraries(own, now + days * 86_400_000);
  const days = (await libraryBackups(own)).items.map((item) => item.day);
  expect(days).toHaveLength(7);
  expect(days).not.toContain(day);
  expect((await SPARE_BUCKET.list({ prefix: `libraries/${day}/` })).objects).toEqual([]);
});
