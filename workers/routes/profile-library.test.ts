import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import { newVideo } from "../../tests/support/worker/api.ts";
import { household, openProfile, PIN } from "../../tests/support/worker/devices.ts";
import type { AccountExport } from "../contract/accounts.ts";
import type { History } from "../contract/history.ts";
import type { SavedVideos } from "../contract/library.ts";
import { libraryOf } from "../db/history.ts";
import { PROFILES_SCHEMA } from "../db/library/profile-store.ts";
import { PROGRESS_SCHEMA, ProgressStore } from "../db/library/progress-store.ts";
import { SAVED_LISTS_SCHEMA, SavedList } from "../db/library/saved-list.ts";
import { viewCounterOf } from "../db/views.ts";

test("the PIN is not stored in plain form, and its hash cannot be used for another account", async () => {
  const [a, b] = [await household("viewer"), await household("viewer")];
  const hashes = await Promise.all(
    [a, b].map(({ account }) =>
      runInDurableObject(
        libraryOf(env, account.userId),
        (_, { storage }) =>
          storage.sql.exec<{ hash: string }>("SELECT hash FROM profile_pin").one().hash,
      ),
    ),
  );
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(hashes[0]).not.toBe(hashes[1]);
});

test("each profile has its own history, lists, likes and settings, which are deleted with it", async () => {
  const { account, device, kids } = await household("viewer");
  const id = await newVideo("x", { maturityRating: "all" });
  const likes = () =>
    runInDurableObject(
      viewCounterOf(env, id),
      (_, { storage }) =>
        storage.sql
          .exec<{ n: number }>("SELECT count(*) AS n FROM likes WHERE video_id = ?", id)
          .one().n,
    );
  const marks = async () => {
    const items = async <T extends { items: unknown[] }>(path: string) =>
      (await (await device.call("GET", path)).json<T>()).items.length;
    return [
      await items<History>("/v1/history"),
      await items<SavedVideos>("/v1/watchlist"),
      await items<SavedVideos>("/v1/likes"),
    ];
  };
  const mark = async () => {
    await device.call("PUT", `/v1/videos/${id}/progress`, { position: 5 });
    for (const kind of ["watchlist", "like"]) await device.call("PUT", `/v1/videos/${id}/${kind}`);
  };
  await mark();
  await openProfile(device, kids);
  expect(await marks()).toEqual([0, 0, 0]);
  await mark();
  await device.call("PATCH", "/v1/me/watch-settings", { audioLanguage: "fr" });
  expect([await marks(), await likes()]).toEqual([[1, 1, 1], 2]);
  await device.call("DELETE", "/v1/history");
  expect(await marks()).toEqual([0, 1, 1]);
  await openProfile(device, "main", PIN);
  expect(await marks()).toEqual([1, 1, 1]);
  const exported = await (await device.call("GET", "/v1/me/export")).json<AccountExport>();
  expect(exported.profiles).toMatchObject([
    { id: "main", watched: [{}], watchSettings: { audioLanguage: null } },
    { id: kids, name: "Ada", watched: [], likes: [{}], watchSettings: { audioLanguage: "fr" } },
  ]);
  expect(await device.answer("DELETE", `/v1/me/profiles/${kids}`, undefined, PIN)).toBe(204);
  expect([await marks(), await likes()]).toEqual([[1, 1, 1], 1]);
  const { profiles } = await libraryOf(env, account.userId).exportAll();
  expect(profiles.map((profile) => profile.id)).toEqual(["main"]);
});

test("data from before profiles existed belongs to the account holder's profile", async () => {
  const { userId } = await signUp("viewer");
  await runInDurableObject(libraryOf(env, userId), (_, { storage }) => {
    const { sql } = storage;
    const tables = ["progress", "watchlist", "likes", "watch_settings", "profiles", "profile_pin"];
    for (const table of tables) sql.exec(`DROP TABLE ${table}`);
    sql.exec(PROGRESS_SCHEMA);
    sql.exec(SAVED_LISTS_SCHEMA);
    sql.exec("CREATE TABLE watch_settings (value TEXT NOT NULL)");
    sql.exec("INSERT INTO progress VALUES ('v', 12, 0, 34)");
    sql.exec("INSERT INTO watchlist VALUES ('v', 1)");
    sql.exec("INSERT INTO likes VALUES ('v', 2)");
    sql.exec("INSERT INTO watch_settings VALUES ('{}')");
    sql.exec(PROFILES_SCHEMA);
    expect(new ProgressStore(storage, "main").get("v")).toEqual({
      ...{ videoId: "v", position: 12, finished: false, updatedAt: 34 },
    });
    for (const list of ["watchlist", "likes"] as const)
      expect(new SavedList(sql, list, "main").has("v")).toBe(true);
  });
  expect((await libraryOf(env, userId).readSettings("main")).historyPaused).toBe(false);
});
