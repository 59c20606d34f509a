import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { catalog } from "../db/client.ts";
import { libraryOf } from "../db/history.ts";
import { watchProgress } from "../db/playback-schema.ts";
import { videos } from "../db/schema.ts";
import { newId } from "../domain/id.ts";
import { ANONYMOUS, type Principal } from "../domain/principal.ts";
import { moveProgress } from "../jobs/cleanup/move-progress.ts";
import { deleteAccountContents } from "./accounts.ts";
import { clearHistory, readHistory, readProgress, recordProgress } from "./history.ts";
import { homeFeed } from "./search/feed.ts";
import { openWatch } from "./watch.ts";
import { newVideo } from "../../tests/support/worker/api.ts";

const db = catalog(env);

function newViewer(): Principal & { userId: string } {
  return {
    kind: "user",
    userId: newId(),
    role: "viewer",
    scopes: new Set([
      "videos:read",
      "search:read",
      "history:read",
      "history:write",
      "playback:token",
    ]),
    via: "session",
  };
}

const newPublicVideo = () => newVideo(newId(), { state: "ready", duration: 1000 });

/** A catalogue that counts the rows written by its statements. */
function countingCatalog(): { CATALOG: D1Database; written: () => number } {
  let written = 0;
  const add = <T extends D1Result>(result: T): T => {
    written += result.meta.rows_written;
    return result;
  };
  const counted = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => counted(target.bind(...values));
        if (name === "run" || name === "all") return async () => add(await target.all());
        if (name === "raw")
          return async () =>
            (await target.all().then(add)).results.map((row) => Object.values(row));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const CATALOG = new Proxy(env.CATALOG, {
    get(target, name) {
      if (name === "prepare") return (query: string) => counted(target.prepare(query));
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) =>
          (await target.batch(statements)).map(add);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { CATALOG, written: () => written };
}

test("a viewer who opens a video, plays and comes back writes no row to CATALOG", async () => {
  const id = await newPublicVideo();
  const viewer = newViewer();
  const { CATALOG, written } = countingCatalog();
  const counting = { ...env, CATALOG };
  await openWatch(counting, viewer, id, { expiresIn: 3600, rules: {} });
  for (const position of [60, 120, 500]) await recordProgress(counting, viewer, id, position);
  const again = await openWatch(counting, viewer, id, { expiresIn: 3600, rules: {} });
  expect(again.progress?.position).toBe(500);
  await homeFeed(counting, viewer);
  expect(written()).toBe(0);
  // Proves that the counter counts.
  await catalog(counting).update(videos).set({ title: "Renamed" }).where(eq(videos.id, id));
  expect(written()).toBeGreaterThan(0);
});

test("positions from CATALOG move into the library unless it has newer ones", async () => {
  const [moved, newer] = [await newPublicVideo(), await newPublicVideo()];
  const viewer = newViewer();
  await recordProgress(env, viewer, newer, 700);
  await db.insert(watchProgress).values([
    { userId: viewer.userId, videoId: moved, position: 40, finished: false, updatedAt: 1000 },
    { userId: viewer.userId, videoId: newer, position: 10, finished: false, updatedAt: 1000 },
  ]);
  await moveProgress(env);
  expect((await readProgress(env, viewer, moved)).position).toBe(40);
  expect((await readProgress(env, viewer, newer)).position).toBe(700);
  const left = db.select().from(watchProgress).where(eq(watchProgress.userId, viewer.userId));
  expect(await left).toEqual([]);
});

test("clearing the history, or deleting the account, also removes positions that have not moved", async () => {
  for (const end of [
    (viewer: Principal & { userId: string }) => clearHistory(env, viewer),
    ({ userId }: Principal & { userId: string }) => deleteAccountContents(env, userId),
  ]) {
    const id = await newPublicVideo();
    const viewer = newViewer();
    const { userId } = viewer;
    await recordProgress(env, viewer, id, 300);
    await db
      .insert(watchProgress)
      .values({ userId, videoId: newId(), position: 1, finished: false, updatedAt: 1 });
    await end(viewer);
    await moveProgress(env);
    expect(await libraryOf(env, userId).listProgress("main", 10)).toEqual([]);
    // The Durable Object keeps working after it was emptied.
    await recordProgress(env, viewer, id, 200);
    expect((await readProgress(env, viewer, id)).position).toBe(200);
  }
});

test("the position in an erased video is deleted", async () => {
  const [erased, kept] = [await newPublicVideo(), await newPublicVideo()];
  const viewer = newViewer();
  await recordProgress(env, viewer, erased, 300);
  await recordProgress(env, viewer, kept, 300);
  const now = Date.now();
  await db.update(videos).set({ deletedAt: now, erasedAt: now }).where(eq(videos.id, erased));
  const { items } = await readHistory(env, viewer, { limit: 10 });
  expect(items.map((item) => item.video.id)).toEqual([kept]);
  const entries = await libraryOf(env, viewer.userId).listProgress("main", 10);
  expect(entries.map((entry) => entry.videoId)).toEqual([kept]);
});

test("while the library does not respond, a video plays from its beginning and the home page shows its other rows", async () => {
  const id = await newPublicVideo();
  const viewer = newViewer();
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const broken = {
    ...env,
    LIBRARY: {
      getByName: () => ({
        notesOf: () => Promise.reject(new Error("overloaded")),
        listProgress: () => Promise.reject(new Error("overloaded")),
      }),
    } as unknown as Env["LIBRARY"],
  };
  const opened = await openWatch(broken, viewer, id, { expiresIn: 3600, rules: {} });
  expect([opened.playback !== null, opened.progress]).toEqual([true, null]);
  const rows = ({ rows: all }: Awaited<ReturnType<typeof homeFeed>>) => all.map((row) => row.id);
  expect(rows(await homeFeed(broken, viewer))).toEqual(rows(await homeFeed(env, ANONYMOUS)));
  expect(error).toHaveBeenCalled();
  error.mockRestore();
});
