import { z } from "zod";

/** Why a player gave up. */
const PlayerError = z.enum(["network", "load", "play", "unsupported", "refused"]);

/** No part of a report is longer: players send one per minute. */
const MAX_REPORT_MS = 300_000;
const milliseconds = z.number().nonnegative().max(MAX_REPORT_MS);
const amount = z.int().nonnegative().max(100_000);

/**
 * How well a playback went since the last report of it. Nothing in it names a viewer. Definitions as those of Mux Data
 * (docs/decisions/751-quality-of-experience.md).
 */
export const Quality = z.strictObject({
  /** The first frame was shown in this time. */
  started: z.boolean().default(false),
  /** From when playback was asked for to the first frame, in milliseconds. */
  startupMs: milliseconds.optional(),
  /** The viewer left before the first frame, and without an error. */
  exitedBeforeStart: z.boolean().default(false),
  error: PlayerError.optional(),
  playingMs: milliseconds,
  /** Times that playback stopped for want of data, and for how long; seeking does not count. */
  rebuffers: amount.max(1000),
  rebufferingMs: milliseconds,
  renditionSwitches: amount.max(1000),
  frames: amount,
  droppedFrames: amount,
  /** Bits of the renditions that were played, in thousands: their bitrate times their time. */
  kilobits: z.number().nonnegative().max(100_000_000),
});
export type Quality = z.infer<typeof Quality>;

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
  quality: Quality.optional(),
});
export type Beacon = z.infer<typeof Beacon>;
