/** The longest lifetime of a playback token, ours or a creator's. An older revocation no longer ends anything. */
export const MAX_PLAYBACK_TOKEN_AGE_SECONDS = 86_400;
export const MAX_PLAYBACK_TOKEN_AGE_MS = MAX_PLAYBACK_TOKEN_AGE_SECONDS * 1000;

/** How long a revocation is kept after its tokens have expired: clocks differ, and isolates read the log late. */
export const REVOCATION_MARGIN_MS = 300_000;

const KEY_PREFIX = "key:";

/** Subject of a revocation of every token signed with a key. */
export function keySubject(kid: string): string {
  return `${KEY_PREFIX}${kid}`;
}

/** Subject of a revocation of every token of a video. */
export function videoSubject(videoId: string): string {
  return `video:${videoId}`;
}

/** Subject of the revocation of one playback session. Creators choose session ids, so the video is part of it. */
export function sessionSubject(videoId: string, sessionId: string): string {
  return `session:${videoId}/${sessionId}`;
}

/** Subject of a revocation of every token that an account was issued. @param tag as the tokens have it */
export function accountSubject(tag: string): string {
  return `account:${tag}`;
}

/**
 * How long after an account has lost its access a request may still be issued a token: sessions are read from a copy
 * for half a minute.
 */
export const LATE_TOKEN_MS = 60_000;

/** The id of the key that a revocation ends; null for any other revocation. */
export function revokedKey(subject: string): string | null {
  return subject.startsWith(KEY_PREFIX) ? subject.slice(KEY_PREFIX.length) : null;
}
