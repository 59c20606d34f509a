import { z } from "zod";

/**
 * A player's report on a playback, sent once some seconds have been watched and again at the end. The playback token
 * in the body identifies video and session; no account is needed.
 */
export const Beacon = z.strictObject({
  token: z.string().min(1).max(4096),
  /** Seconds of the video played in this session so far. */
  watched: z.number().nonnegative().max(1_000_000),
  /** The video was played to its end. */
  ended: z.boolean().default(false),
  /** The player was closed: a counted playback is over. */
  closed: z.boolean().default(false),
});
export type Beacon = z.infer<typeof Beacon>;
