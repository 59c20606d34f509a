import type { Publication } from "../../contract/publications.ts";
import { commitResult } from "../../db/transcoding/results.ts";
import { changeVideo, publishedNow } from "../../db/videos.ts";
import { claimPublication, clearMedia, publicationNow } from "../../db/transcoding/publications.ts";
import { noteFacts } from "../../db/transcoding/versions.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import { hasFirstSegments } from "../../media/publication.ts";
import { PUBLICATION_INDEX_NAME, publicationPrefix } from "../../media/storage-keys.ts";
import { renderPublication } from "../../media/playlists/render.ts";
import type { JobContext } from "../job-context.ts";
import { log } from "../../log.ts";
import { count, observe } from "../../count.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { carryOver, findNextVersion } from "./next-version.ts";
import { persist } from "./persist.ts";
import { completePublication } from "./published.ts";

/** The runtime allows six connections per invocation. */
const MAX_PARALLEL_PUTS = 4;

/**
 * Writes the final playlists of the complete renditions and makes the video `ready`. Every attempt claims its own
 * number, so that none overwrites what another has published. Of two concurrent attempts the one with the higher number
 * wins: it claimed its number later and read the complete renditions after that, so its playlists contain everything
 * that the other's do. Afterwards, a version that replaces another one is played, `index.json` is the record of the
 * segments, and D1 drops its own.
 * @returns false when the attempt had lost its task; nothing ever refers to its playlists then
 */
export async function finish(context: JobContext, task: Task): Promise<boolean> {
  const number = await claimPublication(context.db, task.videoId);
  const next = await findNextVersion(context.db, task);
  const carried = next && (await carryOver(context, next, Date.now()));
  const { plan, publication } = await completePublication(context, task);
  if (!hasFirstSegments(plan, publication))
    throw new Error("The stored segments cannot be played.");
  await writePublication(context.env.MEDIA, { ...publication, ...carried?.shown }, number);
  const now = Date.now();
  const change = {
    state: "ready" as const,
    publication: publicationNow(number),
    publishedAt: publishedNow(now),
  };
  const consequences = [
    ...(carried
      ? carried.switchTo(number)
      : changeVideo(context.db, task, ["processing", "playable", "ready"], change, now)),
    // For an older version whose extras have ended late.
    noteFacts(context.db, task, { publication: number }),
    clearMedia(context.db, task),
  ];
  const progressed = await persist(() => commitResult(context.db, task, consequences, null, now));
  // The first publication of a video: what follows are changes of its captions and the like.
  if (progressed !== null && number === 1) {
    count("videos.ready", {});
    observe("ready.ms", {}, now - task.since);
  }
  // The search index is updated now. If this fails, the sweep relays the message.
  if (progressed !== null)
    await relayOutbox(context.env).catch((error: unknown) =>
      log("task.follow-up-failed", { id: task.id, error }),
    );
  return progressed !== null;
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
  for (let index = 0; index < files.length; index += MAX_PARALLEL_PUTS) {
    await Promise.all(
      files
        .slice(index, index + MAX_PARALLEL_PUTS)
        .map(({ name, body, contentType }) =>
          bucket.put(prefix + name, body, { httpMetadata: { contentType } }),
        ),
    );
  }
}
