import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { call, newAccount, newVideo, problemOf } from "../../tests/support/worker/api.ts";
import { libraryOf } from "../db/history.ts";
import { LIMITS } from "../domain/limits.ts";

test("watchlistPerProfile, likesPerProfile: a full list refuses one more video but accepts those that it already has", async () => {
  const account = await newAccount("viewer");
  const id = await newVideo("x");
  for (const [list, path, max] of [
    ["watchlist", "watchlist", LIMITS.watchlistPerProfile],
    ["likes", "like", LIMITS.likesPerProfile],
  ] as const) {
    await runInDurableObject(libraryOf(env, account.userId), (_library, { storage }) => {
      for (let index = 0; index < max; index++)
        storage.sql.exec(`INSERT INTO ${list} VALUES ('main', ?, ?)`, String(index), index);
    });
    const refused = await call(account.app, "PUT", `/v1/videos/${id}/${path}`);
    expect(await problemOf(refused)).toMatchObject({ status: 409, code: "limit_reached" });
    const known = { videoId: "0", addedAt: 1 };
    const library = libraryOf(env, account.userId);
    const isAccepted =
      list === "likes"
        ? library.like(account.userId, "main", known)
        : library.addToWatchlist("main", known);
    expect(await isAccepted).toBe(true);
  }
});

test("playlistsPerAccount, videosPerPlaylist: one more is refused", async () => {
  const { app, userId } = await newAccount("viewer");
  const create = () => call(app, "POST", "/v1/playlists", { title: "P" });
  const { id } = await (await create()).json<{ id: string }>();
  await runInDurableObject(libraryOf(env, userId), (_library, { storage: { sql } }) => {
    for (let index = 1; index < LIMITS.playlistsPerAccount; index++)
      sql.exec(
        "INSERT INTO playlists SELECT ?, kind, title, '', '', 1, 1 FROM playlists LIMIT 1",
        String(index),
      );
    for (let index = 0; index < LIMITS.videosPerPlaylist; index++)
      sql.exec("INSERT INTO playlist_items VALUES (?, ?, 0, ?)", id, String(index), index);
  });
  const video = await newVideo("x");
  for (const refused of [
    await create(),
    await call(app, "PUT", `/v1/playlists/${id}/videos/${video}`, {}),
  ])
    expect(await problemOf(refused)).toMatchObject({ status: 409, code: "limit_reached" });
});
