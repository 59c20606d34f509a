import type { Publication } from "../../contract/publications.ts";
import type { AudioRendition, Rendition, VideoRendition } from "../../contract/transcodes.ts";
import { isDownloadOnly } from "../../domain/downloads.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../../domain/tasks/segment-names.ts";
import { encryptedSize } from "../content-key.ts";

/** One media segment of a rendition, ready for a playlist. */
export interface TimelineSegment {
  /** Relative to the folder of the playlists, which is one level below the version. */
  uri: string;
  /** Ticks of the track's timescale. */
  start: number;
  duration: number;
  seconds: number;
  bytes: number;
  /** Byte range [offset, length] of the leading I-frame. */
  keyframe: [number, number] | undefined;
  init: InitSegment;
}

export interface InitSegment {
  uri: string;
  sha256: string;
}

/** A rendition with all its segments in order, from any chunks and attempts. */
export interface Track<R extends Rendition = Rendition> {
  rendition: R;
  codecs: string;
  timescale: number;
  /** Segments; never empty. */
  segments: TimelineSegment[];
}

function trackOf(
  { rendition, outputs }: Publication["renditions"][number],
  encrypted: boolean,
): Track | null {
  const [first] = outputs;
  if (!first) return null;
  const segments: TimelineSegment[] = [];
  let init: InitSegment | undefined;
  for (const output of outputs) {
    // The init segments of all chunks have the same bytes: with one URL, players load them once.
    if (init?.sha256 !== output.initSha256)
      init = { uri: `../${output.folder}/${INIT_SEGMENT_NAME}`, sha256: output.initSha256 };
    let start = output.startTicks;
    for (const [index, { duration, bytes, keyframe }] of output.segments.entries()) {
      const uri = `../${output.folder}/${segmentName(output.firstSegment + index)}`;
      segments.push({
        uri,
        start,
        duration,
        seconds: duration / output.timescale,
        bytes: encrypted ? encryptedSize(bytes) : bytes,
        keyframe,
        init,
      });
      start += duration;
    }
  }
  if (segments.length === 0) return null;
  return { rendition, codecs: first.codecs, timescale: first.timescale, segments };
}

/** Every rendition that is for playback and has segments, in the publication's order. */
export function tracksOf(publication: Publication): Track[] {
  return publication.renditions
    .filter(({ rendition }) => !isDownloadOnly(rendition))
    .map((rendition) => trackOf(rendition, publication.encrypted))
    .filter((track) => track !== null);
}

export function isVideo(track: Track): track is Track<VideoRendition> {
  return track.rendition.type === "video";
}
export function isAudio(track: Track): track is Track<AudioRendition> {
  return track.rendition.type === "audio";
}

/** An audio segment ends on an audio frame, so it may be this much longer than the grid's segments. */
const MAX_AUDIO_OVERRUN_SECONDS = 0.05;

/**
 * The EXT-X-TARGETDURATION of all playlists of a publication, in seconds. No segment's rounded duration may exceed it
 * (RFC 8216bis, 4.4.3.1), and it may not change while an EVENT playlist grows, so it is at least the grid's segment
 * duration.
 */
export function targetDuration(publication: Publication, tracks: Track[]): number {
  const { framesPerSegment, longestSegment = framesPerSegment, frameRate } = publication.grid;
  const frames = Math.max(framesPerSegment, longestSegment);
  const nominal = (frames * frameRate.den) / frameRate.num;
  const longest = tracks.flatMap((track) =>
    track.segments.map((segment) => Math.round(segment.seconds)),
  );
  return Math.max(Math.round(nominal + MAX_AUDIO_OVERRUN_SECONDS), 1, ...longest);
}
