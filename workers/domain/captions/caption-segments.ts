import type { Grid } from "../../contract/transcodes.ts";
import { readCues, writeWebVtt } from "./cues.ts";

/**
 * How many media segments one segment of captions spans: a player that reads ahead fetches it once for six segments of
 * video, and a seek costs a kilobyte or two.
 */
const MEDIA_SEGMENTS = 6;

/** A part of a caption track, in milliseconds from the start of the video. */
export interface CaptionSegment {
  startMs: number;
  endMs: number;
}

/** Divides a video's time into segments of captions, which end where video segments of equal length do. */
export function captionSegments({
  frameRate,
  framesPerSegment,
  totalFrames,
}: Grid): CaptionSegment[] {
  const milliseconds = (frames: number) =>
    Math.round((frames * 1000 * frameRate.den) / frameRate.num);
  const length = framesPerSegment * MEDIA_SEGMENTS;
  return Array.from({ length: Math.ceil(totalFrames / length) }, (_, index) => ({
    startMs: milliseconds(index * length),
    endMs: milliseconds(Math.min((index + 1) * length, totalFrames)),
  }));
}

/** The path of a segment of the track at `path`. It exists only when it is requested: nothing is stored there. */
export function captionSegmentPath(path: string, { startMs, endMs }: CaptionSegment): string {
  return `${path.replace(/\.vtt$/, "")}/${startMs}-${endMs}.vtt`;
}

/** Parses what `captionSegmentPath` makes; null for any other path. */
export function parseCaptionSegmentPath(path: string): (CaptionSegment & { track: string }) | null {
  const [, track, start, end] = /^(.+)\/(\d{1,9})-(\d{1,9})\.vtt$/.exec(path) ?? [];
  if (!track) return null;
  return { track: `${track}.vtt`, startMs: Number(start), endMs: Number(end) };
}

/**
 * The cues of a WebVTT file that are shown within a segment, at their times in the whole video: a cue that crosses a border
 * is in both segments (RFC 8216, 3.5). The header maps these times to the media's timeline.
 */
export function cutCaptions(file: string, { startMs, endMs }: CaptionSegment): string {
  const { cues } = readCues(file);
  const shown = cues.filter(({ start, end }) => start * 1000 < endMs && end * 1000 > startMs);
  return writeWebVtt(shown).replace(
    /^WEBVTT\n/,
    "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n",
  );
}
