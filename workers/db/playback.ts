import { and, eq } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { captions } from "./schema.ts";
import { tasks } from "./transcoding-schema.ts";

/** The caption tracks and finished downloads of a version. One round trip. */
export async function loadPlaybackExtras(db: Catalog, videoId: string, version: number) {
  const [tracks, downloads] = await db.batch([
    db.select().from(captions).where(eq(captions.videoId, videoId)).orderBy(captions.language),
    db
      .select({ id: tasks.id, attempt: tasks.attempt, spec: tasks.spec, result: tasks.result })
      .from(tasks)
      .where(
        and(
          eq(tasks.videoId, videoId),
          eq(tasks.version, version),
          eq(tasks.kind, "download"),
          eq(tasks.state, "done"),
        ),
      ),
  ]);
  return { tracks, downloads };
}
