import type { Publication } from "../../contract/publication.ts";
import type { AudioRendition, Rendition, VideoRendition } from "../../contract/transcode.ts";
import { isDownloadOnly } from "../../domain/downloads.ts";
import { encryptedSize } from "../content-key.ts";
import { initName, segmentName } from "../keys.ts";

/** One media segment of a rendition, ready to be listed. */
export interface TimelineSegment {
  /** Relative to a folder of playlists, which lies one below the version. */
  uri: string;
  /** Ticks of the track's timescale. */
  start: number;
  duration: number;
  seconds: number;
  bytes: number;
  /** Bytes [offset, length] of the leading I-frame. */
  keyframe: [number, number] | undefined;
  init: InitSegment;
}

export interface InitSegment {
  uri: string;
  sha256: string;
}

/** A rendition with all its segments in a row, whichever attempt of whichever chunk they came from. */
export interface Track<R extends Rendition = Rendition> {
  rendition: R;
  codecs: string;
  timescale: number;
  /** Never empty. */
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
    // The chunks' init segments are the same bytes; one address for all of them keeps players from loading each.
    if (init?.sha256 !== output.initSha256)
      init = { uri: `../${output.folder}/${initName}`, sha256: output.initSha256 };
    let start = output.startTicks;
    for (const [index, { duration, bytes, keyframe }] of output.segments.entries()) {
      const uri = `../${output.folder}/${segmentName(output.firstSegment + index)}`;
      segments.push({
        uri,
        start,
        duration,
        seconds: duration / output.timescale,
        bytes: encrypted ? encryptedSize(bytes) : bytes,
        // Of an encrypted segment no part can be read by itself.
        keyframe: encrypted ? undefined : keyframe,
        init,
      });
      start += duration;
    }
  }
  if (segments.length === 0) return null;
  return { rendition, codecs: first.codecs, timescale: first.timescale, segments };
}

/** Every rendition that is for playing and has something to play, in the publication's order. */
export const tracksOf = (publication: Publication): Track[] =>
  publication.renditions
    .filter(({ rendition }) => !isDownloadOnly(rendition))
    .map((rendition) => trackOf(rendition, publication.encrypted))
    .filter((track) => track !== null);

export const isVideo = (track: Track): track is Track<VideoRendition> =>
  track.rendition.type === "video";
export const isAudio = (track: Track): track is Track<AudioRendition> =>
  track.rendition.type === "audio";

/** Seconds by which an audio segment, which ends on a frame of its own, may be longer than the grid. */
const AUDIO_FRAME = 0.05;

/**
 * The one EXT-X-TARGETDURATION of all playlists of a publication, in seconds: no segment's rounded duration may
 * exceed it (RFC 8216bis, 4.4.3.1), and it may not change while an EVENT list grows, so it starts from the grid.
 */
export function targetDuration(publication: Publication, tracks: Track[]): number {
  const { framesPerSegment, frameRate } = publication.grid;
  const nominal = (framesPerSegment * frameRate.den) / frameRate.num;
  const longest = tracks.flatMap((track) =>
    track.segments.map((segment) => Math.round(segment.seconds)),
  );
  return Math.max(Math.round(nominal + AUDIO_FRAME), 1, ...longest);
}
