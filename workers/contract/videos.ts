import { z } from "zod";
import { Id, Language, page, Timestamp } from "./common.ts";
import { MATURITY_RATINGS } from "./maturity-ratings.ts";
import { ShownNotice } from "./notices.ts";
import { PlaybackRules } from "./playback.ts";
import { lineOfText, linesOfText } from "./text.ts";

export const VideoState = z.enum([
  "uploading",
  "queued",
  "processing",
  "playable",
  "ready",
  "failed",
]);
export type VideoState = z.infer<typeof VideoState>;

export const Visibility = z.enum(["public", "unlisted", "private"]);
export type Visibility = z.infer<typeof Visibility>;

/** The slug of a category. Which there are, the settings of the site say. */
export const Category = z
  .string()
  .max(32)
  .regex(/^[a-z0-9]+$/, "must be the slug of a category: small letters and digits");
export type Category = z.infer<typeof Category>;

export const MaturityRating = z.enum(MATURITY_RATINGS);

export const Title = lineOfText(200);
export const Description = linesOfText(5000);
export const Tag = lineOfText(50);
export const MAX_TAGS = 30;
export const Tags = z.array(Tag).max(MAX_TAGS);

/** Cast and crew, the best known first. */
export const People = z.array(lineOfText(100)).max(50);

export const VideoError = z.object({ code: z.string(), detail: z.string() });

/** A video as lists and the watch page show it. */
export const Video = z.object({
  id: Id,
  title: z.string(),
  description: z.string(),
  category: Category,
  tags: z.array(z.string()),
  people: z.array(z.string()),
  language: z.string().nullable(),
  /** From which age it is suitable, as its creator says; null while it is not rated. */
  maturityRating: MaturityRating.nullable(),
  visibility: Visibility,
  state: VideoState,
  error: VideoError.nullable(),
  creator: z.object({ id: z.string(), name: z.string() }),
  /** Seconds; null until the source has been probed. */
  duration: z.number().nullable(),
  /** Display size in pixels, after rotation and pixel aspect ratio. */
  width: z.int().nullable(),
  height: z.int().nullable(),
  hdr: z.boolean(),
  captionLanguages: z.array(z.string()),
  /**
   * Absolute or origin-relative URL of the poster; null until one exists. Beside `poster-large.jpg` is `poster-small.jpg`, with
   * three fifths of its lines.
   */
  poster: z.string().nullable(),
  /** URL of a short animated preview for hover; null until one exists. */
  preview: z.string().nullable(),
  views: z.int(),
  likes: z.int(),
  /** The series that it is an episode of; its playlist has the others. */
  seriesId: z.string().nullable(),
  /** The creator lets viewers download the video. */
  downloadsEnabled: z.boolean(),
  /** The segments are stored encrypted (HLS, AES-128): no DASH, no downloads. */
  encrypted: z.boolean(),
  /** The video is encoded even if the file is web-ready. */
  alwaysEncode: z.boolean(),
  /** Where the video may be watched; empty means everywhere. Null for everyone but its creator. */
  playbackRules: PlaybackRules.nullable(),
  /** The uploaded file, with its SHA-256 in hex once it has been read whole. Null for everyone but its creator. */
  source: z
    .object({
      bytes: z.int(),
      sha256: z.string().nullable(),
      /** When the stored file was last read whole and had this SHA-256. */
      checkedAt: Timestamp.nullable(),
    })
    .nullable(),
  /**
   * What was lost from storage, and what will or should be done about it; or that a moderator has hidden the video.
   * Null for everyone except its creator.
   */
  problem: VideoError.nullable(),
  /** Progress of the required transcoding, 0 to 1; null when nothing is being transcoded. */
  progress: z.number().nullable(),
  /**
   * Why transcoding waits, and until when: `encode_minutes_used` when the creator's encoding time of the day is used up.
   * Null when it does not wait, and for everyone but the creator.
   */
  waiting: z.object({ code: z.string(), detail: z.string(), until: Timestamp }).nullable(),
  createdAt: Timestamp,
  publishedAt: Timestamp.nullable(),
  /** When it will become public, and private again. Null for everyone but its creator. */
  publishAt: Timestamp.nullable(),
  unpublishAt: Timestamp.nullable(),
  /** Until `publishAt` others see its page, with a countdown. False for everyone but its creator. */
  premiere: z.boolean(),
  updatedAt: Timestamp,
});
export type Video = z.infer<typeof Video>;

export const VideoPatch = z
  .strictObject({
    title: Title,
    description: Description,
    category: Category,
    tags: Tags,
    people: People,
    language: Language.nullable(),
    maturityRating: MaturityRating.nullable(),
    visibility: Visibility,
    /** When a private video becomes public. Changing the visibility by hand cancels it. */
    publishAt: Timestamp.nullable(),
    /** When it becomes private. */
    unpublishAt: Timestamp.nullable(),
    /** Whether others see its page before `publishAt`, with a countdown. */
    premiere: z.boolean(),
    downloadsEnabled: z.boolean(),
    /** Can only be changed before the video is transcoded, or before a failed one is retried. */
    encrypted: z.boolean(),
    /** Like `encrypted`. */
    alwaysEncode: z.boolean(),
    /** Replaces the current rules, and revokes the playback tokens issued under them. */
    playbackRules: PlaybackRules,
  })
  .partial();
export type VideoPatch = z.infer<typeof VideoPatch>;

/** `at`: time in seconds of the frame that becomes the poster. */
export const PosterRequest = z.strictObject({ at: z.number().nonnegative().max(1_000_000) });
export type PosterRequest = z.infer<typeof PosterRequest>;

export const VideoPage = page(Video);
export type VideoPage = z.infer<typeof VideoPage>;

export const TaskState = z.enum(["waiting", "queued", "running", "done", "dead"]);
/** One row of a video's timeline. */
export const TimelineTask = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  state: TaskState,
  /** 0 to 1. */
  progress: z.number(),
  attempts: z.int(),
  error: VideoError.nullable(),
  /** What became of the parts of the source, such as tracks that could not be used. */
  notices: z.array(ShownNotice),
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type TimelineTask = z.infer<typeof TimelineTask>;
export const Timeline = z.object({ items: z.array(TimelineTask) });
export type Timeline = z.infer<typeof Timeline>;
