import { z } from "zod";
import { AUDIENCE_SOURCES } from "./audience-names.ts";
import { HUNDREDTHS } from "./hundredths.ts";

/** Why a player gave up. */
const PlayerError = z.enum(["network", "load", "play", "unsupported", "refused"]);

/** The maximum length of a report's period: players send one per minute. */
const MAX_REPORT_MS = 300_000;
/** A playback token is valid for at most a day. */
const MAX_PLAYBACK_MS = 86_400_000;
const milliseconds = z.number().nonnegative().max(MAX_REPORT_MS);
const amount = z.int().nonnegative().max(100_000);

/**
 * The quality of a playback since its last report. It identifies no viewer. The definitions follow Mux Data
 * (docs/decisions/751-quality-of-experience.md).
 */
export const Quality = z.strictObject({
  /** Time until the first frame was shown. */
  started: z.boolean().default(false),
  /** From the request to play to the first frame, in milliseconds. */
  startupMs: milliseconds.optional(),
  /** The viewer left before the first frame, and without an error. */
  exitedBeforeStart: z.boolean().default(false),
  error: PlayerError.optional(),
  playingMs: milliseconds,
  /** Number and duration of the times that playback stopped for lack of data; seeking does not count. */
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
 * Audience data since the playback started, for the creator's analytics. It identifies no viewer, and its sums only
 * grow, so that a report that arrives twice changes nothing (docs/decisions/800-analytics.md).
 */
export const Audience = z.strictObject({
  /** How often each hundredth of the video was played, in tenths: two digits of base 36 for each. */
  plays: z.string().regex(new RegExp(`^[0-9a-z]{${2 * HUNDREDTHS}}$`)),
  source: z.enum(AUDIENCE_SOURCES),
  /** Name of the host that links to the video or embeds it. */
  host: z
    .string()
    .regex(/^[a-z0-9.-]{1,100}$/)
    .optional(),
  /** Captions are shown. */
  captions: z.boolean(),
  startupMs: milliseconds.optional(),
  rebufferingMs: z.number().nonnegative().max(MAX_PLAYBACK_MS),
});
export type Audience = z.infer<typeof Audience>;

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
  audience: Audience.optional(),
});
export type Beacon = z.infer<typeof Beacon>;
