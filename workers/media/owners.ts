import { catalogReplica } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { catalogRead } from "./catalog-read.ts";
import { Recent } from "./recent.ts";

/** Milliseconds that an isolate believes that there is no such video. */
const BELIEVED = 30_000;
const REMEMBERED = 2500;

interface Known {
  ownerId: string | null;
  readAt: number;
}

const owners = new Recent<Known>(REMEMBERED);

/**
 * Who owns a video; null when there is none. One read a video in each isolate: an owner never changes, and of a
 * deletion tells the delivery log.
 * @throws AppError unavailable
 */
export async function ownerOf(videoId: string, env: Env): Promise<string | null> {
  const known = owners.get(videoId);
  if (known && (known.ownerId !== null || Date.now() - known.readAt < BELIEVED))
    return known.ownerId;
  const video = await catalogRead(() => findVideo(catalogReplica(env), videoId));
  const ownerId = video?.deletedAt === null ? video.ownerId : null;
  owners.set(videoId, { ownerId, readAt: Date.now() });
  return ownerId;
}
