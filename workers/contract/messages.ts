import { z } from "zod";
import { HUNDREDTHS } from "./hundredths.ts";

/**
 * Body of the queue `transcode`. The message carries no work: its consumer wakes as many runners as the backlog in D1 needs,
 * so duplicate, late and lost messages change nothing.
 */
export const WakeMessage = z.object({ kind: z.literal("wake") });
export type WakeMessage = z.infer<typeof WakeMessage>;

/**
 * A task of the Worker itself is waiting. Sent to the queue `events` without a row in the outbox: like a wake message it
 * carries no work, and the cron makes up for a lost one.
 */
export const FinishMessage = z.object({ kind: z.literal("finish") });
export type FinishMessage = z.infer<typeof FinishMessage>;

/** Metric, values of its labels, bucket, how many values, their sum and the largest (domain/metrics.ts). */
const MetricPoint = z.tuple([
  z.string().max(40),
  z.string().max(200),
  z.int(),
  z.number(),
  z.number(),
  z.number(),
]);

/**
 * The counts of an isolate until `at`, in milliseconds since the epoch. They are added once, however often the message
 * is delivered. In the queue `events`, without a row in the outbox.
 */
export const MetricsMessage = z.object({
  kind: z.literal("metrics"),
  id: z.string().max(64),
  at: z.int(),
  points: z.array(MetricPoint).max(1000),
});
export type MetricsMessage = z.infer<typeof MetricsMessage>;

const Sum = z.number().nonnegative();
const Tenths = z.array(Sum).length(HUNDREDTHS);

/** The analytics of a video since the last message about it. Times are milliseconds since the epoch. */
export const AudienceSums = z.object({
  videoId: z.string().max(64),
  ownerId: z.string().max(64),
  /** Minute, views, those of them that players report on, seconds watched, startups, their time, time of rebuffering. */
  minutes: z.array(z.tuple([z.int(), Sum, Sum, Sum, Sum, Sum, Sum])),
  /** Day, dimension, value, views, seconds watched. */
  values: z.array(z.tuple([z.int(), z.string().max(20), z.string().max(100), Sum, Sum])),
  /** Day, views, and by hundredth of the video: views that reached it, and how often it was played, in tenths. */
  curves: z.array(z.tuple([z.int(), Sum, Tenths, Tenths])),
});
export type AudienceSums = z.infer<typeof AudienceSums>;

/** Like `MetricsMessage`, from a view counter. */
export const AudienceMessage = z.object({
  kind: z.literal("audience"),
  id: z.string().max(64),
  at: z.int(),
  videos: z.array(AudienceSums),
});
export type AudienceMessage = z.infer<typeof AudienceMessage>;

/** Bodies of the queues `events` and `checksums`. */
export const EventMessage = z.discriminatedUnion("kind", [
  /** Update the search index for one video after any change. */
  z.object({ kind: z.literal("index-video"), videoId: z.string() }),
  /** Delete every stored object of a deleted video. */
  z.object({ kind: z.literal("purge-video"), videoId: z.string() }),
  /**
   * Erase the rest of the videos that were in an account's bin when it was emptied. `before`: milliseconds since the
   * epoch.
   */
  z.object({ kind: z.literal("empty-bin"), ownerId: z.string(), before: z.number() }),
  /** Create or delete the files to download, as the creator has chosen. */
  z.object({ kind: z.literal("sync-downloads"), videoId: z.string() }),
  /**
   * Notify the followers of a creator who want notifications of a new video. `after`: the last follower who was
   * notified.
   */
  z.object({ kind: z.literal("notify-followers"), videoId: z.string(), after: z.string() }),
  /** Compare the objects of a video with the catalogue: one of them may be lost. */
  z.object({ kind: z.literal("check-video"), videoId: z.string() }),
  /**
   * As `check-video`, for several videos: a part of the comparison of the whole storage. In the queue of `hash-source`.
   */
  z.object({ kind: z.literal("compare-videos"), videoIds: z.array(z.string()).max(100) }),
  /**
   * Read the whole uploaded file of a video, and store or verify its SHA-256. It has its own queue because it takes
   * minutes.
   */
  z.object({ kind: z.literal("hash-source"), videoId: z.string() }),
  /** Read more of a file that is uploaded from a link. In the queue of `hash-source`, since it takes as long. */
  z.object({ kind: z.literal("read-link"), uploadId: z.string() }),
  /**
   * A viewer opened a search result. `who`: keyed hash of the account or IP address. Not sent any more, as `view`: messages
   * of version 0.1.0 may still arrive.
   */
  z.object({
    kind: z.literal("search-pick"),
    query: z.string(),
    videoId: z.string(),
    who: z.string(),
    at: z.string(),
  }),
  /** A playback that counts as a view, already validated by the API. */
  z.object({
    kind: z.literal("view"),
    videoId: z.string(),
    sessionId: z.string(),
    /** Like `search-pick`. */
    who: z.string().default(""),
    at: z.string(),
  }),
]);
export type EventMessage = z.infer<typeof EventMessage>;

/**
 * Origin of a message: the number of its row in the outbox, and the request that caused it. Messages from before an
 * update have neither.
 */
export const OutboxReference = z.object({
  row: z.int().optional(),
  requestId: z.string().optional(),
});
