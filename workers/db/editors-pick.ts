import { eq } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { videos } from "./schema.ts";
import { editorsPick } from "./site-schema.ts";
import type { VideoRow } from "./videos.ts";

/** The only row. */
const PICK_ID = 1;

/** The row of the chosen video in any state; null if none is chosen. Plan: two rows by their keys. */
export async function findEditorsPick(db: Catalog): Promise<VideoRow | null> {
  const row = await db
    .select({ video: videos })
    .from(editorsPick)
    .innerJoin(videos, eq(videos.id, editorsPick.videoId))
    .where(eq(editorsPick.id, PICK_ID))
    .get();
  return row?.video ?? null;
}

/** Takes the place of an earlier choice. */
export async function setEditorsPick(db: Catalog, videoId: string, now: number): Promise<void> {
  const choice = { videoId, chosenAt: now };
  await db
    .insert(editorsPick)
    .values({ id: PICK_ID, ...choice })
    .onConflictDoUpdate({ target: editorsPick.id, set: choice });
}

export async function clearEditorsPick(db: Catalog): Promise<void> {
  await db.delete(editorsPick).where(eq(editorsPick.id, PICK_ID));
}
