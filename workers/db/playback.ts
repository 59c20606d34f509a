import { and, desc, eq, sql } from "drizzle-orm";
import { videoSubject } from "../domain/revocations.ts";
import type { Catalog } from "./client.ts";
import { revocations } from "./playback-schema.ts";
import { captions, videos } from "./schema.ts";
import { tasks } from "./transcoding-schema.ts";
import { extrasQuery, toExtras, type VideoExtras } from "./video-extras.ts";
import { videoQuery, type VideoRow } from "./videos.ts";

/** What a playback of a video needs from the catalogue. */
export interface Playable {
  row: VideoRow | null;
  extras: VideoExtras | null;
  tracks: (typeof captions.$inferSelect)[];
  /** Finished files to download, of the current version. */
  downloads: Pick<typeof tasks.$inferSelect, "id" | "attempt" | "spec" | "result">[];
  /** When all tokens of the video were last revoked, in milliseconds since the epoch; 0 if never. */
  revokedAt: number;
}

/** One round trip, whether or not there is such a video. Plan: primary keys, and the indexes by video. */
export async function readPlayable(db: Catalog, videoId: string): Promise<Playable> {
  const [rows, extras, tracks, downloads, revoked] = await db.batch([
    videoQuery(db, videoId),
    extrasQuery(db, [videoId]),
    db.select().from(captions).where(eq(captions.videoId, videoId)).orderBy(captions.language),
    db
      .select({ id: tasks.id, attempt: tasks.attempt, spec: tasks.spec, result: tasks.result })
      .from(tasks)
      .where(
        and(
          eq(tasks.videoId, videoId),
          eq(
            tasks.version,
            sql`(SELECT ${videos.version} FROM ${videos} WHERE ${videos.id} = ${videoId})`,
          ),
          eq(tasks.kind, "download"),
          eq(tasks.state, "done"),
        ),
      ),
    db
      .select({ at: revocations.at })
      .from(revocations)
      .where(eq(revocations.subject, videoSubject(videoId)))
      .orderBy(desc(revocations.at))
      .limit(1),
  ]);
  return {
    row: rows[0] ?? null,
    extras: extras[0] ? toExtras(extras[0]) : null,
    tracks,
    downloads,
    revokedAt: revoked[0]?.at ?? 0,
  };
}
