import { and, eq, inArray } from "drizzle-orm";
import { MAIN_PROFILE } from "../domain/profiles.ts";
import type { AccountLibrary } from "./account-library.ts";
import type { Catalog } from "./client.ts";
import { watchProgress } from "./playback-schema.ts";
import { count } from "../count.ts";

export type LibraryEnv = Pick<Env, "LIBRARY">;

/** The object with an account's watch history. */
export function libraryOf(env: LibraryEnv, userId: string): DurableObjectStub<AccountLibrary> {
  count("object.requests", { object: "library" });
  return env.LIBRARY.getByName(userId);
}

/**
 * Accounts that have positions in CATALOG, where they were kept before there were libraries.
 * Plan: the primary key, from one account to the next; as many steps as accounts.
 */
export async function accountsWithOldProgress(db: Catalog, limit: number): Promise<string[]> {
  const rows = await db
    .selectDistinct({ userId: watchProgress.userId })
    .from(watchProgress)
    .orderBy(watchProgress.userId)
    .limit(limit);
  return rows.map((row) => row.userId);
}

/** D1 takes at most 100 parameters per statement. */
const ROWS_PER_MOVE = 90;

/** Moves an account's positions from CATALOG into its library. It may be repeated, also after a partial run. */
export async function moveOldProgress(env: LibraryEnv, db: Catalog, userId: string): Promise<void> {
  const ofAccount = eq(watchProgress.userId, userId);
  for (;;) {
    const rows = await db.select().from(watchProgress).where(ofAccount).limit(ROWS_PER_MOVE);
    if (rows.length === 0) return;
    const entries = rows.map(({ videoId, position, finished, updatedAt }) => ({
      videoId,
      position,
      finished,
      updatedAt,
    }));
    await libraryOf(env, userId).importProgress(MAIN_PROFILE, entries);
    const moved = inArray(
      watchProgress.videoId,
      rows.map((row) => row.videoId),
    );
    await db.delete(watchProgress).where(and(ofAccount, moved));
  }
}

/** Deletes the positions of an account that have not moved into its library. */
export async function deleteOldProgress(db: Catalog, userId: string): Promise<void> {
  await db.delete(watchProgress).where(eq(watchProgress.userId, userId));
}
