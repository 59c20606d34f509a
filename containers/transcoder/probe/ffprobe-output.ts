import { z } from "zod";
import { ProbedChapters } from "./chapters.ts";
import type { ContainerTrack } from "./container-track.ts";

const seconds = z.coerce.number().catch(0);

const ProbedStream = z.object({
  index: z.int(),
  codec_type: z.string().optional(),
  codec_name: z.string().default("unknown"),
  width: z.int().default(0),
  height: z.int().default(0),
  /** Frames by which decoding order runs ahead of display order. */
  has_b_frames: z.int().default(0),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().default(""),
  codec_tag_string: z.string().default(""),
  color_range: z.string().default("unknown"),
  field_order: z.string().default("unknown"),
  color_space: z.string().default("unknown"),
  color_transfer: z.string().default("unknown"),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  start_time: seconds,
  duration: z.coerce.number().optional().catch(undefined),
  sample_rate: z.coerce.number().int().default(0),
  channels: z.int().default(0),
  channel_layout: z.string().default("unknown"),
  /** Packets near the beginning of the file; counted only if there are several video tracks. */
  sampledPackets: z.int().optional(),
  disposition: z.record(z.string(), z.number()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
  side_data_list: z
    .array(
      z.object({
        rotation: z.unknown().optional(),
        displaymatrix: z.string().optional(),
        dv_profile: z.int().optional(),
        dv_bl_signal_compatibility_id: z.int().optional(),
      }),
    )
    .default([]),
  /** Facts that we read from the container ourselves. */
  containerTrack: z.custom<ContainerTrack>().optional(),
});
export type ProbedStream = z.infer<typeof ProbedStream>;

/** Not entries of a stream in ffprobe's answer: our own, and those that are selected in detail. */
const OWN_OR_NESTED = ["sampledPackets", "containerTrack", "disposition", "tags", "side_data_list"];

/**
 * The `-show_entries` value for a source. Every other entry, such as an arbitrary tag, is left out because a hostile
 * file may fill it.
 */
export const PROBED_ENTRIES = [
  "format=format_name,start_time,duration",
  `stream=${Object.keys(ProbedStream.shape)
    .filter((key) => !OWN_OR_NESTED.includes(key))
    .join()}`,
  "stream_disposition=default,forced,hearing_impaired,attached_pic,still_image",
  "stream_tags=language,title,rotate,alpha_mode,ALPHA_MODE,DURATION",
  "stream_side_data=rotation,displaymatrix,dv_profile,dv_bl_signal_compatibility_id",
].join(":");

/** ffprobe's answer for `PROBED_ENTRIES` with `-of json`. */
export const Probed = z.object({
  format: z.object({
    format_name: z.string(),
    start_time: seconds,
    duration: z.coerce.number().optional().catch(undefined),
  }),
  streams: z.array(ProbedStream).default([]),
  chapters: ProbedChapters,
  /** Decoders outside the whitelist that ffprobe must be allowed to open (not to use) for this source. */
  openedDecoders: z.array(z.string()).default([]),
});
export type Probed = z.infer<typeof Probed>;

/**
 * When a track ends according to the container, in seconds: MP4's duration counts from its start, Matroska's tag from
 * 0.
 */
function trackEnd({ start_time: start, duration, tags }: ProbedStream): number | undefined {
  if (duration !== undefined && duration > 0) return Math.max(0, start) + duration;
  const [hours, minutes, seconds] = (tags["DURATION"] ?? "").split(":").map(Number);
  const end = (hours ?? NaN) * 3600 + (minutes ?? NaN) * 60 + (seconds ?? NaN);
  return end > 0 ? end : undefined;
}

/**
 * The duration that a file announces, in seconds; undefined without one. The duration of the whole file includes its
 * captions, and a caption without an end lasts for weeks, so in a file with captions audio and video count if their
 * durations are known.
 */
export function announcedSeconds({ format, streams }: Probed): number | undefined {
  const media = streams.filter(
    ({ codec_type: type, disposition }) =>
      (type === "video" && disposition["attached_pic"] !== 1) || type === "audio",
  );
  const hasCaptions = streams.some(({ codec_type: type }) => type === "subtitle");
  if (format.duration === undefined || media.length === 0 || !hasCaptions) return format.duration;
  const ends = media.map((stream) => trackEnd(stream) ?? Infinity);
  return Math.min(format.duration, Math.max(...ends));
}
