/** Of the password of a video. Free of zod, for the browser. */
export const MIN_VIDEO_PASSWORD_LENGTH = 8;
/** Accounts that one request invites. */
export const MAX_INVITATIONS = 50;
