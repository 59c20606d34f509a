import { AppError } from "../domain/errors.ts";
import { ownerKey } from "./keys.ts";
import { readText } from "./objects.ts";
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
 * Who owns a video that has been transcoded; null when there is none. One read of R2 a video in each isolate: an owner
 * never changes, and of a deletion tells the delivery log.
 * @throws AppError storage_unavailable
 */
export async function ownerOf(videoId: string, env: Env): Promise<string | null> {
  const known = owners.get(videoId);
  if (known && (known.ownerId !== null || Date.now() - known.readAt < BELIEVED))
    return known.ownerId;
  const ownerId = await readText(env, ownerKey(videoId)).catch((cause: unknown) => {
    console.error(JSON.stringify({ level: "error", event: "owner-read", message: String(cause) }));
    throw new AppError("storage_unavailable", "The storage does not answer. Try again.", { cause });
  });
  owners.set(videoId, { ownerId, readAt: Date.now() });
  return ownerId;
}
