import type { Publication } from "../../contract/publication.ts";
import { KEY_PATH } from "../keys.ts";
import { bare, HEADER, lines, tag } from "./tags.ts";
import { type Track, targetDuration, type TimelineSegment } from "./timeline.ts";

/** `final`: the finished list (VOD); `event`: the list that grows while the video is being encoded. */
export type ListKind = "final" | "event";

const extinf = (seconds: number): string => `#EXTINF:${seconds.toFixed(6)},`;

/**
 * An EVENT list starts at 0, or players that take it for a live stream would begin at its end; it ends like any
 * other once nothing more can follow.
 */
function frame(
  publication: Publication,
  kind: ListKind,
  target: number,
  extra: string[],
  body: string[],
): string {
  return lines(
    HEADER,
    `#EXT-X-TARGETDURATION:${target}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${kind === "event" ? "EVENT" : "VOD"}`,
    kind === "event" ? "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES" : [],
    extra,
    body,
    kind === "event" && publication.live ? [] : "#EXT-X-ENDLIST",
  );
}

/** One EXT-X-MAP at the start, and another only where the init segment really differs. */
const mapBefore = (segment: TimelineSegment, previous: TimelineSegment | undefined): string[] =>
  segment.init.sha256 === previous?.init.sha256
    ? []
    : [tag("EXT-X-MAP", { URI: segment.init.uri })];

/**
 * Puts an init segment, which is stored in the clear, outside the reach of the key: EXT-X-KEY counts for every
 * EXT-X-MAP that follows it (RFC 8216bis, 4.4.4.4). Where a DRM system's METHOD, KEYFORMAT and URI would go, too.
 */
const keyAround = (map: string[], isFirst: boolean): string[] =>
  map.length === 0
    ? []
    : [
        ...(isFirst ? [] : [tag("EXT-X-KEY", { METHOD: bare("NONE") })]),
        ...map,
        tag("EXT-X-KEY", { METHOD: bare("AES-128"), URI: `../${KEY_PATH}` }),
      ];

/** The media playlist of one rendition. */
export function mediaPlaylist(
  publication: Publication,
  tracks: Track[],
  track: Track,
  kind: ListKind,
): string {
  const body = track.segments.flatMap((segment, index) => {
    const map = mapBefore(segment, track.segments[index - 1]);
    const head = publication.encrypted ? keyAround(map, index === 0) : map;
    return [...head, extinf(segment.seconds), segment.uri];
  });
  return frame(publication, kind, targetDuration(publication, tracks), [], body);
}

/** True where every segment's leading I-frame is known by its bytes. */
export const hasIframes = (track: Track): boolean =>
  track.segments.every((segment) => segment.keyframe);

/** The I-frame playlist of a video rendition: one frame a segment, as a byte range of it. */
export function iframePlaylist(
  publication: Publication,
  tracks: Track[],
  track: Track,
  kind: ListKind,
): string {
  const body = track.segments.flatMap((segment, index) => {
    const [offset, length] = segment.keyframe!;
    const map = mapBefore(segment, track.segments[index - 1]);
    return [...map, extinf(segment.seconds), `#EXT-X-BYTERANGE:${length}@${offset}`, segment.uri];
  });
  return frame(
    publication,
    kind,
    targetDuration(publication, tracks),
    ["#EXT-X-I-FRAMES-ONLY"],
    body,
  );
}

/**
 * A subtitle playlist of one WebVTT file that spans the whole film. Our media time starts at 0, where cues without
 * X-TIMESTAMP-MAP start too. It alone has a target duration of its own, as RFC 8216bis 6.2.4 allows.
 */
export function subtitlePlaylist(publication: Publication, path: string): string {
  const duration = Math.max(publication.duration, 0.001);
  return lines(
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${Math.ceil(duration)}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    extinf(duration),
    `../${path}`,
    "#EXT-X-ENDLIST",
  );
}
