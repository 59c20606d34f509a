import { AppError } from "../domain/errors.ts";
import { log } from "../log.ts";
import { readText } from "./objects.ts";
import { RecentCache } from "./recent-cache.ts";
import { ownerKey } from "./storage-keys.ts";

/** How long an isolate caches that a video does not exist. */
const CACHE_TTL_MISSING_MS = 30_000;
const MAX_CACHED_OWNERS = 2500;

interface CachedOwner {
  ownerId: string | null;
  readAt: number;
}

const owners = new RecentCache<CachedOwner>(MAX_CACHED_OWNERS);

/**
 * The owner of a video that has been transcoded; null when there is no such video. Each isolate reads R2 once per video:
 * an owner never changes, and the delivery log reports deletions.
 * @throws AppError storage_unavailable
 */
export async function ownerOf(videoId: string, env: Env): Promise<string | null> {
  const cached = owners.get(videoId);
  if (cached && (cached.ownerId !== null || Date.now() - cached.readAt < CACHE_TTL_MISSING_MS))
    return cached.ownerId;
  const ownerId = await readText(env, ownerKey(videoId)).catch((cause: unknown) => {
    log("media.owner-unavailable", { error: String(cause) });
    throw new AppError("storage_unavailable", "The storage does not answer. Try again.", { cause });
  });
  owners.set(videoId, { ownerId, readAt: Date.now() });
  return ownerId;
}
