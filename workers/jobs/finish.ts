import type { Publication } from "../contract/publications.ts";
import { commitResult, finishTask } from "../db/transcoding/outcomes.ts";
import { changeVideo, publishedNow } from "../db/videos.ts";
import { claimPublication, clearMedia, publicationNow } from "../db/transcoding/publications.ts";
import type { Task } from "../db/transcoding/tasks.ts";
import { hasFirstSegments } from "../media/publication.ts";
import { PUBLICATION_INDEX_NAME, publicationPrefix } from "../media/storage-keys.ts";
import { renderPublication } from "../media/playlists/render.ts";
import type { JobContext } from "./context.ts";
import { persist } from "./persist.ts";
import { completePublication } from "./published.ts";

/** R2 writes at once; the runtime allows six connections. */
const PARALLEL_PUTS = 4;

/**
 * Writes the final playlists of what is complete and makes the video `ready`. Every attempt has a number of its own,
 * so that none writes where another has published. Of two at once the higher number counts: it was given out later,
 * before its holder looked at what there is, so its playlists list all that the lower one's do.
 * From then on `index.json` is the record of the segments, and D1 lets go of it.
 * @returns false when the attempt lost its task meanwhile; its playlists are then never referred to
 */
export async function finish(jobs: JobContext, task: Task): Promise<boolean> {
  const number = await claimPublication(jobs.db, task.videoId);
  const { plan, publication } = await completePublication(jobs, task);
  if (!hasFirstSegments(plan, publication))
    throw new Error("What the tasks have stored is not playable.");
  await writePublication(jobs.env.MEDIA, publication, number);
  const now = Date.now();
  const change = {
    state: "ready" as const,
    publication: publicationNow(number),
    publishedAt: publishedNow(now),
  };
  return persist(() =>
    commitResult(jobs.db, task, [
      ...changeVideo(jobs.db, task, ["processing", "playable", "ready"], change, now),
      clearMedia(jobs.db, task),
      ...finishTask(jobs.db, task, null, now),
    ]),
  );
}

async function writePublication(
  bucket: R2Bucket,
  publication: Publication,
  number: number,
): Promise<void> {
  const prefix = publicationPrefix(publication.videoId, publication.version, number);
  const files = [
    {
      name: PUBLICATION_INDEX_NAME,
      body: JSON.stringify(publication),
      contentType: "application/json",
    },
    ...renderPublication(publication),
  ];
  for (let index = 0; index < files.length; index += PARALLEL_PUTS) {
    await Promise.all(
      files
        .slice(index, index + PARALLEL_PUTS)
        .map(({ name, body, contentType }) =>
          bucket.put(prefix + name, body, { httpMetadata: { contentType } }),
        ),
    );
  }
}
