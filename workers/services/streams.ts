import { catalog } from "../db/client.ts";
import { revokeClosed } from "../db/revocations.ts";
import { freeStream, takeStream } from "../db/streams.ts";
import type { PlaybackTokenClaims } from "../media/playback-token.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";

/**
 * Lifetime of a playback token where concurrent streams are limited. Renewing it serves as the heartbeat of a stream, so
 * that segment requests need no look-up; the stream of a player that has gone ends after this time.
 */
const COUNTED_TOKEN_SECONDS = 300;

export interface RequestedStream {
  sessionId: string;
  videoId: string;
  /** Requested lifetime of the token in seconds. */
  expiresIn: number;
}

/**
 * Counts a playback against `MAX_STREAMS_PER_ACCOUNT` (0: no limit), by the session that it begins or continues.
 * Callers without an account are not counted.
 * @returns the lifetime of its token in seconds, and whether it was counted
 * @throws AppError too_many_streams
 */
export async function countStream(
  env: Pick<Env, "CATALOG" | "MAX_STREAMS_PER_ACCOUNT">,
  principal: Principal,
  { sessionId, videoId, expiresIn }: RequestedStream,
): Promise<{ expiresIn: number; counted: boolean }> {
  const limit = Number(env.MAX_STREAMS_PER_ACCOUNT);
  if (limit === 0 || principal.kind !== "user") return { expiresIn, counted: false };
  const lifetime = Math.min(expiresIn, COUNTED_TOKEN_SECONDS);
  const now = Date.now();
  const { userId } = principal;
  const stream = { sessionId, userId, videoId, expiresAt: now + lifetime * 1000 };
  if (!(await takeStream(catalog(env), stream, limit, now)))
    throw new AppError(
      "too_many_streams",
      `Your account can play ${limit} videos at the same time. Stop one of them, or wait ${COUNTED_TOKEN_SECONDS / 60} minutes if its player is already closed.`,
    );
  return { expiresIn: lifetime, counted: true };
}

/** Ends a counted stream at once; its playback tokens are refused everywhere within a minute. */
export async function endStream(
  env: Pick<Env, "CATALOG">,
  { sub, sid }: PlaybackTokenClaims,
): Promise<void> {
  const db = catalog(env);
  if (await freeStream(db, sid)) await revokeClosed(db, sub, sid, COUNTED_TOKEN_SECONDS * 1000);
}
