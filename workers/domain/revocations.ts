/** The longest that a playback token may live, ours or a creator's. An older revocation ends nothing any more. */
export const MAX_PLAYBACK_TOKEN_AGE_SECONDS = 86_400;
export const MAX_PLAYBACK_TOKEN_AGE_MS = MAX_PLAYBACK_TOKEN_AGE_SECONDS * 1000;

/** How long a revocation is kept after its tokens have expired: clocks differ, and isolates read the log late. */
export const REVOCATION_MARGIN_MS = 300_000;

const KEY_PREFIX = "key:";

/** What a revocation ends: every token signed with a key, ... */
export const keySubject = (kid: string): string => `${KEY_PREFIX}${kid}`;
/** ... every token of a video, ... */
export const videoSubject = (videoId: string): string => `video:${videoId}`;
/** ... or those of one playback session. Creators choose the ids of their sessions, so the video is part of it. */
export const sessionSubject = (videoId: string, sessionId: string): string =>
  `session:${videoId}/${sessionId}`;

/** The id of the key that a revocation ends; null for the revocation of a video or a session. */
export const revokedKey = (subject: string): string | null =>
  subject.startsWith(KEY_PREFIX) ? subject.slice(KEY_PREFIX.length) : null;
