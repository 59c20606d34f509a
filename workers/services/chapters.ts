import type { ChaptersPut, VideoChapters } from "../contract/chapters.ts";
import { MAX_CHAPTERS, MIN_CHAPTERS } from "../contract/chapter-limits.ts";
import { catalog, runBatch } from "../db/client.ts";
import { setOwnChapters, type VideoRow } from "../db/videos.ts";
import { type ChapterFault, chapterFaults, inOrder } from "../domain/chapter-faults.ts";
import { automaticChapters } from "../domain/chapters.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { republishChapters } from "./republish.ts";

type ChaptersEnv = Pick<Env, "CATALOG">;

const presentChapters = (row: VideoRow): VideoChapters => ({
  own: row.ownChapters,
  ...automaticChapters(row),
});

/** The creator's list of chapters of a video, and the chapters that viewers see without it. */
export async function getChapters(
  env: ChaptersEnv,
  principal: Principal,
  id: string,
): Promise<VideoChapters> {
  return presentChapters(await authorizedVideo(catalog(env), principal, "chapters.get", id));
}

const REASONS: Record<ChapterFault, string> = {
  "no-time": "must be a time",
  "no-title": "must have characters that can be seen",
  "first-not-at-start": "must be 0 for the first chapter",
  "same-time": "must be after the chapter before it",
  "after-end": "must be before the end of the video",
  "too-few": `must be one of at least ${MIN_CHAPTERS} chapters`,
  "too-many": `must be one of at most ${MAX_CHAPTERS} chapters`,
};

/**
 * Lists the chapters of a video, or shows the automatic ones again. The caller relays the outbox afterwards.
 * @throws AppError invalid_request; conflict before the source has been probed
 */
export async function putChapters(
  env: ChaptersEnv,
  principal: Principal,
  id: string,
  { own }: ChaptersPut,
): Promise<VideoChapters> {
  const db = catalog(env);
  const before = await authorizedVideo(db, principal, "chapters.put", id);
  if (own !== null) {
    if (before.duration === null)
      throw new AppError("conflict", "Chapters can be listed once the video has been checked.");
    const fields = Array.from(chapterFaults(own, before.duration), ([index, fault]) => ({
      path: `body.own.${index}.${fault === "no-title" ? "title" : "start"}`,
      message: REASONS[fault],
    }));
    if (fields.length > 0)
      throw new AppError("invalid_request", "These chapters do not fit the video.", { fields });
  }
  const now = Date.now();
  const after = { ...before, ownChapters: own && inOrder(own) };
  await runBatch(db, [
    setOwnChapters(db, id, after.ownChapters, now),
    ...(await republishChapters(db, before, after, now)),
  ]);
  return presentChapters(after);
}
