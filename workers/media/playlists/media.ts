import type { Publication } from "../../contract/publications.ts";
import { captionSegmentPath, captionSegments } from "../../domain/captions/caption-segments.ts";
import { encryptedFrameName } from "../../domain/tasks/segment-names.ts";
import { CONTENT_KEY_PATH } from "../storage-keys.ts";
import { chapterRanges, startDate } from "./date-ranges.ts";
import { bare, HEADER, lines, tag } from "./tags.ts";
import { isVideo, type Track, targetDuration, type TimelineSegment } from "./timeline.ts";

/** `vod`: the final playlist; `event`: the playlist that grows while the video is being encoded. */
export type PlaylistKind = "vod" | "event";

const extinf = (seconds: number): string => `#EXTINF:${seconds.toFixed(6)},`;

/**
 * The tags around a playlist's segments. An EVENT playlist says that playback starts at 0, or players that take it for a
 * live stream would start at its end. It gets its end tag once no segment can follow. It has no dates: nothing of it may
 * change (RFC 8216bis, 6.2.1), and chapters do.
 */
function wrap(
  publication: Publication,
  kind: PlaylistKind,
  targetSeconds: number,
  extraTags: string[],
  body: string[],
): string {
  return lines(
    HEADER,
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${kind.toUpperCase()}`,
    kind === "event" ? "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES" : startDate(publication),
    extraTags,
    body,
    kind === "event" && publication.live ? [] : "#EXT-X-ENDLIST",
  );
}

/** EXT-X-MAP at the start, and again only where the bytes of the init segment differ. */
function mapBefore(segment: TimelineSegment, previous: TimelineSegment | undefined): string[] {
  return segment.init.sha256 === previous?.init.sha256
    ? []
    : [tag("EXT-X-MAP", { URI: segment.init.uri })];
}

/**
 * Exempts an init segment, which is stored in the clear, from the key: EXT-X-KEY applies to every EXT-X-MAP that follows
 * it (RFC 8216bis, 4.4.4.4). The METHOD, KEYFORMAT and URI of a DRM system would go here too.
 */
function withKey(map: string[], isFirst: boolean): string[] {
  return map.length === 0
    ? []
    : [
        ...(isFirst ? [] : [tag("EXT-X-KEY", { METHOD: bare("NONE") })]),
        ...map,
        tag("EXT-X-KEY", { METHOD: bare("AES-128"), URI: `../${CONTENT_KEY_PATH}` }),
      ];
}

/** The media playlist of one rendition. */
export function mediaPlaylist(
  publication: Publication,
  tracks: Track[],
  track: Track,
  kind: PlaylistKind,
): string {
  const body = track.segments.flatMap((segment, index) => {
    const map = mapBefore(segment, track.segments[index - 1]);
    const tags = publication.encrypted ? withKey(map, index === 0) : map;
    return [...tags, extinf(segment.seconds), segment.uri];
  });
  const ranges = kind === "vod" && isVideo(track) ? chapterRanges(publication) : [];
  return wrap(publication, kind, targetDuration(publication, tracks), ranges, body);
}

/** True where the byte range of every segment's leading I-frame is known. */
export function hasIframes(track: Track): boolean {
  return track.segments.every((segment) => segment.keyframe);
}

/**
 * The I-frame playlist of a video rendition: one frame per segment, as a byte range of it. A byte range of an encrypted
 * segment cannot be decrypted, so its frame has its own URL.
 */
export function iframePlaylist(
  publication: Publication,
  tracks: Track[],
  track: Track,
  kind: PlaylistKind,
): string {
  const body = track.segments.flatMap((segment, index) => {
    const [offset, length] = segment.keyframe!;
    const map = mapBefore(segment, track.segments[index - 1]);
    if (publication.encrypted)
      return [
        ...withKey(map, index === 0),
        extinf(segment.seconds),
        encryptedFrameName(segment.uri, offset + length),
      ];
    return [...map, extinf(segment.seconds), `#EXT-X-BYTERANGE:${length}@${offset}`, segment.uri];
  });
  return wrap(
    publication,
    kind,
    targetDuration(publication, tracks),
    ["#EXT-X-I-FRAMES-ONLY"],
    body,
  );
}

/**
 * The playlist of a caption track. It covers the time of the video and has longer segments than other playlists, which
 * Apple's authoring specification (5.5, 5.7) and RFC 8216bis, 6.2.4 allow.
 */
export function subtitlePlaylist(
  publication: Publication,
  path: string,
  kind: PlaylistKind,
): string {
  const segments = captionSegments(publication.grid).map((segment) => ({
    seconds: (segment.endMs - segment.startMs) / 1000,
    uri: `../${captionSegmentPath(path, segment)}`,
  }));
  return lines(
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${Math.max(1, ...segments.map(({ seconds }) => Math.round(seconds)))}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    kind === "vod" ? startDate(publication) : [],
    segments.flatMap(({ seconds, uri }) => [extinf(seconds), uri]),
    "#EXT-X-ENDLIST",
  );
}
