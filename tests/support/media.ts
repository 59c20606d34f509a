import { env } from "cloudflare:workers";
import { catalog } from "../../workers/db/client.ts";
import { videos } from "../../workers/db/schema.ts";
import { newId } from "../../workers/domain/id.ts";
import { issueGrant, type GrantOptions } from "../../workers/media/grant.ts";

export const ORIGIN = "http://localhost:8788";

/** A row of a video as it is when transcoding has finished. */
export async function insertVideo(
  change: Partial<typeof videos.$inferInsert> = {},
): Promise<string> {
  const id = newId();
  const now = Date.now();
  await catalog(env)
    .insert(videos)
    .values({
      id,
      ownerId: newId(),
      title: "Test",
      visibility: "public",
      state: "ready",
      publication: 1,
      createdAt: now,
      updatedAt: now,
      ...change,
    });
  return id;
}

/** A token for version 1 of a video. */
export async function tokenFor(
  videoId: string,
  options: Partial<GrantOptions> = {},
): Promise<string> {
  const { token } = await issueGrant(env, {
    videoId,
    version: 1,
    sessionId: newId(),
    expiresIn: 60,
    ...options,
  });
  return token;
}
