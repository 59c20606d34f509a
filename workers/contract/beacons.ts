import { z } from "zod";

/**
 * What a player tells of a playback: it is sent once some seconds have been watched, and again at the end. The
 * grant's token in the body says which video and session; no account is needed.
 */
export const Beacon = z.strictObject({
  token: z.string().min(1).max(4096),
  /** Seconds of the film that were played in this session so far. */
  watched: z.number().nonnegative().max(1_000_000),
  /** The film was played to its end. */
  ended: z.boolean().default(false),
  /** The player was closed: a counted playback is over. */
  closed: z.boolean().default(false),
});
export type Beacon = z.infer<typeof Beacon>;
