/** Limits of a video's password. Free of zod, for the browser. */
export const MIN_VIDEO_PASSWORD_LENGTH = 8;
/** Maximum number of accounts per invitation request. */
export const MAX_INVITATIONS = 50;
