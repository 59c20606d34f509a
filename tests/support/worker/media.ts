import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { catalog } from "../../../workers/db/client.ts";
import { videos } from "../../../workers/db/schema.ts";
import { ERRORS, type ErrorCode } from "../../../workers/domain/errors.ts";
import { newId } from "../../../workers/domain/id.ts";
import {
  issuePlaybackToken,
  type PlaybackTokenOptions,
} from "../../../workers/media/playback-token.ts";
import { ownerKey } from "../../../workers/media/storage-keys.ts";

export const ORIGIN = "http://localhost:8788";

/** Inserts a video that is ready, with its owner marker in R2. @returns its id */
export async function insertVideo(
  change: Partial<typeof videos.$inferInsert> = {},
): Promise<string> {
  const now = Date.now();
  const video = {
    id: newId(),
    ownerId: newId(),
    title: "Test",
    visibility: "public" as const,
    state: "ready" as const,
    publication: 1,
    createdAt: now,
    updatedAt: now,
    ...change,
  };
  await catalog(env).insert(videos).values(video);
  await env.MEDIA.put(ownerKey(video.id), video.ownerId);
  return video.id;
}

/** A token for version 1 of a video. */
export async function tokenFor(
  videoId: string,
  options: Partial<PlaybackTokenOptions> = {},
): Promise<string> {
  const { token } = await issuePlaybackToken(env, {
    videoId,
    version: 1,
    sessionId: newId(),
    expiresIn: 60,
    ...options,
  });
  return token;
}

/**
 * Checks a refusal: a problem+json that any origin may read and no cache may store.
 * @param secret must not occur in its text
 */
export async function expectProblem(
  response: Response,
  code: ErrorCode,
  secret: string,
): Promise<void> {
  const text = await response.text();
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect({ status: response.status, code: (JSON.parse(text) as { code: string }).code }).toEqual({
    status: ERRORS[code].status,
    code,
  });
  expect(text).not.toContain(secret);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
}
