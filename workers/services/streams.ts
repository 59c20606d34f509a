import { catalog } from "../db/client.ts";
import { revokeClosed } from "../db/revocations.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import type { PlaybackTokenClaims } from "../media/playback-token.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { log } from "../log.ts";

/**
 * Lifetime of a playback token where concurrent streams are limited. Renewing it serves as the heartbeat of a stream, so
 * that segment requests need no look-up; the stream of a player that has gone ends after this time.
 */
const COUNTED_TOKEN_SECONDS = 300;

export type StreamEnv = Pick<Env, "MAX_STREAMS_PER_ACCOUNT"> & LibraryEnv;

export interface RequestedStream {
  sessionId: string;
  videoId: string;
  /** Requested lifetime of the token in seconds. */
  expiresIn: number;
}

/**
 * Counts a playback against `MAX_STREAMS_PER_ACCOUNT` (0: no limit), by the session that it begins or continues.
 * Callers without an account are not counted. Fails open: while the account's object does not answer, everyone may play.
 * @returns the lifetime of its token in seconds, and whether it was counted
 * @throws AppError too_many_streams
 */
export async function countStream(
  env: StreamEnv,
  principal: Principal,
  { sessionId, videoId, expiresIn }: RequestedStream,
): Promise<{ expiresIn: number; counted: boolean }> {
  const limit = Number(env.MAX_STREAMS_PER_ACCOUNT);
  if (limit === 0 || principal.kind !== "user") return { expiresIn, counted: false };
  const lifetime = Math.min(expiresIn, COUNTED_TOKEN_SECONDS);
  const now = Date.now();
  const stream = { sessionId, videoId, expiresAt: now + lifetime * 1000 };
  const isTaken = await libraryOf(env, principal.userId)
    .takeStream(stream, limit, now)
    .catch((error: unknown) => {
      log("library.unavailable", { error });
      return true;
    });
  if (!isTaken)
    throw new AppError(
      "too_many_streams",
      `Your account can play ${limit} videos at the same time. Stop one of them, or wait ${COUNTED_TOKEN_SECONDS / 60} minutes if its player is already closed.`,
    );
  return { expiresIn: lifetime, counted: true };
}

/** Ends a stream that its account closes, at once; its playback tokens are refused everywhere within a minute. */
export async function endStream(
  env: Pick<Env, "CATALOG"> & StreamEnv,
  principal: Principal,
  { sub, sid }: PlaybackTokenClaims,
): Promise<void> {
  if (Number(env.MAX_STREAMS_PER_ACCOUNT) === 0 || principal.kind !== "user") return;
  if (await libraryOf(env, principal.userId).freeStream(sid))
    await revokeClosed(catalog(env), sub, sid, COUNTED_TOKEN_SECONDS * 1000);
}
