import { catalog } from "../db/client.ts";
import { revokeClosed } from "../db/revocations.ts";
import { freeStream, takeStream } from "../db/streams.ts";
import type { PlaybackTokenClaims } from "../media/playback-token.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";

/**
 * Seconds that a grant lives where an account may have only so many playbacks at once. Its renewals are the
 * heartbeat of a playback, so that the segment path asks nothing: a player that is gone holds its place this long.
 */
const COUNTED_LIFETIME = 300;

export interface Playing {
  sessionId: string;
  videoId: string;
  /** Seconds that were asked for. */
  expiresIn: number;
}

/**
 * Counts a playback against `MAX_STREAMS_PER_ACCOUNT` (0: no limit), under the session that it begins or goes on
 * with. Callers without an account are not counted: they may play only what needs none.
 * @returns how many seconds its grant may live, and whether it was counted
 * @throws AppError too_many_streams
 */
export async function countStream(
  env: Pick<Env, "CATALOG" | "MAX_STREAMS_PER_ACCOUNT">,
  principal: Principal,
  { sessionId, videoId, expiresIn }: Playing,
): Promise<{ expiresIn: number; counted: boolean }> {
  const limit = Number(env.MAX_STREAMS_PER_ACCOUNT);
  if (limit === 0 || principal.kind !== "user") return { expiresIn, counted: false };
  const lifetime = Math.min(expiresIn, COUNTED_LIFETIME);
  const now = Date.now();
  const { userId } = principal;
  const stream = { sessionId, userId, videoId, expiresAt: now + lifetime * 1000 };
  if (!(await takeStream(catalog(env), stream, limit, now)))
    throw new AppError(
      "too_many_streams",
      `No more than ${limit} at once may be played with this account. Close one; if its player is gone, wait ${COUNTED_LIFETIME / 60} minutes.`,
    );
  return { expiresIn: lifetime, counted: true };
}

/** Ends a counted playback: its place is free at once, and its grants hold nowhere a minute later. */
export async function endStream(
  env: Pick<Env, "CATALOG">,
  { sub, sid }: PlaybackTokenClaims,
): Promise<void> {
  const db = catalog(env);
  if (await freeStream(db, sid)) await revokeClosed(db, sub, sid, COUNTED_LIFETIME * 1000);
}
