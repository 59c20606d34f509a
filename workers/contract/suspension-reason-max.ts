/** The longest reason of a suspension. Free of zod, for the browser. */
export const SUSPENSION_REASON_MAX = 1000;
