import { z } from "zod";
import { CaptionKind } from "./caption-kinds.ts";
import { Chapter } from "./chapters.ts";
import { EditAudio, EditPicture, FrameRange } from "./edit-parts.ts";
import { Notice } from "./notices.ts";
import { RemuxFirst, RemuxResult, RemuxSpec } from "./remux.ts";
import { SecondCodec } from "./second-codec.ts";
import { Fraction, SourceInfo } from "./source.ts";
import { Limits } from "./task-limits.ts";
import { Priority, Stage } from "./task-order.ts";
import { TranscriptionSpec, TranscriptResult } from "./transcripts.ts";

/**
 * The messages between the Worker, which schedules and keeps the records, and the transcoder, which probes, plans and
 * encodes. The transcoder has no state and no credentials for the bucket: a task names its inputs and outputs as paths
 * below a storage URL.
 */

/** A rendition's id is also its folder: `h264-720`, `av1-1080`, `audio-0`. */
const RenditionId = z.string().regex(/^[a-z0-9-]{1,32}$/);

export const VideoRendition = z.object({
  type: z.literal("video"),
  id: RenditionId,
  codec: z.enum(["h264", "av1", "vp9"]),
  width: z.int(),
  height: z.int(),
  /** Sample aspect ratio: not quite 1 where even dimensions miss the display ratio (854x480 is 1280:1281). */
  pixelAspect: Fraction,
  frameRate: Fraction,
  /** Constant quality on the encoder's own scale, capped by maxrate (bits per second) over bufsize (bits). */
  crf: z.number(),
  maxrate: z.int(),
  bufsize: z.int(),
  /** Encoded only for a file to download: no playlist lists it. */
  isDownloadOnly: z.boolean().optional(),
  /** The source's own frames, copied instead of encoded; `maxrate` is their peak. */
  isCopy: z.boolean().optional(),
});
export type VideoRendition = z.infer<typeof VideoRendition>;

export const AudioRendition = z.object({
  type: z.literal("audio"),
  id: RenditionId,
  codec: z.enum(["aac", "opus"]),
  streamIndex: z.int(),
  channels: z.int(),
  sampleRate: z.int(),
  bitrate: z.int(),
  language: z.string().nullable(),
  name: z.string(),
  isDefault: z.boolean(),
  /** The source's own frames can be copied, unless their loudness has to change. */
  isCopyable: z.boolean().optional(),
});
export type AudioRendition = z.infer<typeof AudioRendition>;

export const Rendition = z.discriminatedUnion("type", [VideoRendition, AudioRendition]);
export type Rendition = z.infer<typeof Rendition>;

/** The output frame grid on which every chunk of every rendition is cut. */
export const Grid = z.object({
  frameRate: Fraction,
  framesPerSegment: z.int().positive(),
  /** Frames of the entire output; the last segment may be shorter. */
  totalFrames: z.int().positive(),
  segmentCount: z.int().positive(),
  /** Frames of the longest segment of renditions that are cut at the source's key frames. */
  longestSegment: z.int().positive().optional(),
});
export type Grid = z.infer<typeof Grid>;

/** One encoded media segment. `duration` is in ticks of the output's timescale. */
export const Segment = z.object({
  duration: z.int().positive(),
  bytes: z.int().positive(),
  /** Byte range [offset, length] of the leading I-frame's moof+mdat prefix, for I-frame playlists; video only. */
  keyframe: z.tuple([z.int(), z.int()]).optional(),
});
export type Segment = z.infer<typeof Segment>;

/** What one task has encoded of one rendition: consecutive segments from `firstSegment` on. */
export const RenditionOutput = z.object({
  timescale: z.int().positive(),
  /** RFC 6381, read from the init segment. */
  codecs: z.string(),
  initSha256: z.string(),
  initBytes: z.int(),
  firstSegment: z.int().nonnegative(),
  /** Base media decode time of the first segment, in ticks. */
  startTicks: z.int().nonnegative(),
  segments: z.array(Segment),
});
export type RenditionOutput = z.infer<typeof RenditionOutput>;

export const PlanSettings = z.object({
  segmentSeconds: z.number().positive(),
  loudness: z.boolean(),
  /** Whether a file without video becomes a video that shows its cover or its waveform. */
  audioUploads: z.boolean().optional(),
  secondCodec: SecondCodec,
  /** Copy the video and audio of web-ready sources instead of encoding them. */
  passthrough: z.boolean().default(false),
  /** The creator wants this video encoded, even if it is web-ready. */
  alwaysEncode: z.boolean().default(false),
  /** Tasks that can run at once across all runners; chunk length adapts to it. */
  parallelism: z.int().positive(),
  /** Whether all slots had work when the plan began: a finely divided video would then only wait in more places. */
  isBusy: z.boolean().optional(),
  limits: Limits,
});
export type PlanSettings = z.infer<typeof PlanSettings>;

export const DownloadFormat = z.enum(["mp4", "webm", "m4a"]);
export type DownloadFormat = z.infer<typeof DownloadFormat>;

export const TaskKind = z.enum([
  "plan",
  "remux",
  "edit",
  "video",
  "audio",
  "images",
  "captions",
  "download",
  "transcribe",
  "speech",
  "finish",
]);
export type TaskKind = z.infer<typeof TaskKind>;

/**
 * The work to do. Inputs and outputs are names in the request's maps, never storage keys: only the Worker builds keys.
 */
export const TaskSpec = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plan"), settings: PlanSettings, remuxed: z.boolean() }),
  RemuxSpec,
  /**
   * Makes the source of an edited version: each of the tasks with a `part` renders that part, and the one without joins them
   * with the audio of all that is kept, as `remuxed`. The next `plan` has `remuxed: true`.
   */
  z.object({
    kind: z.literal("edit"),
    source: SourceInfo,
    /** Nearly lossless, in the size of the source. */
    rendition: VideoRendition,
    /** The parts to keep, in frames of the source's grid. */
    keep: z.array(FrameRange).min(1),
    part: FrameRange.optional(),
    watermark: EditPicture.optional(),
    audio: EditAudio.optional(),
    /** Settings of the following plan. */
    settings: PlanSettings,
    limits: Limits,
  }),
  z.object({
    kind: z.literal("video"),
    source: SourceInfo,
    grid: Grid,
    firstSegment: z.int().nonnegative(),
    segmentCount: z.int().positive(),
    /** First frame of each segment and end of the last one, where key frames of the source decide. */
    cuts: z.array(z.int().nonnegative()).optional(),
    renditions: z.array(VideoRendition).min(1),
    limits: Limits,
  }),
  z.object({
    kind: z.literal("audio"),
    source: SourceInfo,
    rendition: AudioRendition,
    segmentSeconds: z.number(),
    /** Seconds: the track is cut, or padded with silence, to the duration of the video track. */
    duration: z.number().positive(),
    /**
     * The chunk of the track to encode (`audioSpecs`): from the start without a first segment, to the end without a count.
     */
    firstSegment: z.int().positive().optional(),
    segmentCount: z.int().positive().optional(),
    loudness: z.boolean(),
    limits: Limits,
  }),
  z.object({
    kind: z.literal("images"),
    source: SourceInfo,
    posterAt: z.number().nullable(),
    /** The poster is made from an image that the creator has uploaded: the input `poster`. */
    uploadedPoster: z.string().optional(),
    limits: Limits,
  }),
  z.object({
    kind: z.literal("captions"),
    source: SourceInfo,
    /** One stream per language and kind becomes a track; which one is decided once their cues are known. */
    streams: z.array(
      z.object({
        index: z.int(),
        language: z.string(),
        name: z.string(),
        isForced: z.boolean().default(false),
        /** Nothing for subtitles. */
        kind: CaptionKind.optional(),
      }),
    ),
    limits: Limits,
  }),
  z.object({
    kind: z.literal("download"),
    format: DownloadFormat,
    /** Title of the video: the file carries it as metadata and, in ASCII, as its name. */
    title: z.string(),
    /** Ids of the renditions to stitch, video first. Their init and media segments are the request's inputs. */
    renditions: z.array(z.string()),
    limits: Limits,
  }),
  TranscriptionSpec,
  /** Runs in the Worker: writes the final playlists. */
  z.object({ kind: z.literal("finish") }),
]);
export type TaskSpec = z.infer<typeof TaskSpec>;

/** One task as `plan` lists it. Tasks of the same stage and priority run in the order of the plan. */
export const PlannedTask = z.object({
  /** Unique within the video's version and shown in the timeline: `video 0 240p`. */
  name: z.string(),
  stage: Stage,
  priority: Priority,
  spec: TaskSpec,
});
export type PlannedTask = z.infer<typeof PlannedTask>;

export const Plan = z.object({
  source: SourceInfo,
  grid: Grid,
  renditions: z.array(Rendition),
  tasks: z.array(PlannedTask),
  notices: z.array(Notice).optional(),
  /** Chapters of the source; absent if it has none. */
  chapters: z.array(Chapter).optional(),
});
export type Plan = z.infer<typeof Plan>;

export const TaskResult = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plan"), plan: Plan }),
  RemuxFirst,
  RemuxResult,
  /** A part of an edited source is stored. */
  z.object({ kind: z.literal("edited") }),
  z.object({
    kind: z.literal("media"),
    outputs: z.record(z.string(), RenditionOutput),
    notices: z.array(Notice).optional(),
  }),
  z.object({
    kind: z.literal("images"),
    poster: z.string(),
    storyboard: z.string().nullable(),
    preview: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("captions"),
    /** `language` is the tag of the track (domain/captions/caption-tracks.ts). */
    tracks: z.array(
      z.object({ language: z.string(), name: z.string(), file: z.string(), cues: z.int() }),
    ),
    notices: z.array(Notice).optional(),
  }),
  z.object({ kind: z.literal("download"), file: z.string(), bytes: z.int() }),
  TranscriptResult,
]);
export type TaskResult = z.infer<typeof TaskResult>;

/** What a runner needs for one attempt at a task; it gets this with its claim (contract/runner-api.ts). */
export const TaskRequest = z.object({
  taskId: z.string(),
  attempt: z.int().positive(),
  /** Base URL without a trailing slash, for `GET {storage}/{path}` (with ranges) and `PUT {storage}/{path}`. */
  storage: z.string(),
  /**
   * Name -> path. Always `source`, `poster`, `watermark` and `audio` where one was uploaded; for the join of an edit
   * `part/{n}`; for a download also `{rendition}/init` and `{rendition}/{n}`.
   */
  inputs: z.record(z.string(), z.string()),
  /** Name -> path prefix ending in a slash. A rendition's id for media, else `files`. */
  outputs: z.record(z.string(), z.string()),
  spec: TaskSpec,
  /** Id of the request that started the transcode; calls and logs of the task contain it. */
  requestId: z.string().optional(),
});
export type TaskRequest = z.infer<typeof TaskRequest>;
