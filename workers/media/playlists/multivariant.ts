import type { Publication } from "../../contract/publications.ts";
import type { AudioRendition, VideoRendition } from "../../contract/transcodes.ts";
import { spokenLanguage } from "../../domain/captions/caption-languages.ts";
import { trackTag, uniqueNames } from "../../domain/captions/caption-tracks.ts";
import {
  CHAPTERS_NAME,
  iframePlaylistName,
  mediaPlaylistName,
  subtitlePlaylistName,
} from "../storage-keys.ts";
import { encryptedStartSize } from "../content-key.ts";
import { averageBandwidth, peakBandwidth } from "./bandwidth.ts";
import { hasIframes } from "./media.ts";
import { type Bare, HEADER, bare, lines, tag } from "./tags.ts";
import { isAudio, isVideo, type Track, targetDuration } from "./timeline.ts";

const SUBTITLES_GROUP = "subs";

/**
 * Audio renditions of one codec, with any number of channels. All groups hold the same tracks (RFC 8216bis, 4.4.6.1.1),
 * so that a switch between renditions changes neither the choice of tracks nor the language.
 */
interface AudioGroup {
  id: string;
  tracks: Track<AudioRendition>[];
}

function audioGroups(tracks: Track[]): AudioGroup[] {
  const groups = new Map<string, Track<AudioRendition>[]>();
  for (const track of tracks.filter(isAudio)) {
    const { codec } = track.rendition;
    groups.set(codec, [...(groups.get(codec) ?? []), track]);
  }
  return [...groups].map(([id, members]) => ({ id, tracks: members }));
}

const yesNo = (value: boolean): Bare => bare(value ? "YES" : "NO");

function audioMedia(group: AudioGroup): string[] {
  // NAME must be unique in its group (RFC 8216bis, 4.4.6.1.1).
  const names = uniqueNames(group.tracks.map((track) => track.rendition.name));
  const defaultIndex = Math.max(
    0,
    group.tracks.findIndex((track) => track.rendition.isDefault),
  );
  return group.tracks.map(({ rendition }, index) =>
    tag("EXT-X-MEDIA", {
      TYPE: bare("AUDIO"),
      "GROUP-ID": group.id,
      NAME: names[index],
      // Apple's authoring specification requires it in every tag (8.10); BCP 47 has a tag for "unknown".
      LANGUAGE: rendition.language ?? "und",
      DEFAULT: yesNo(index === defaultIndex),
      AUTOSELECT: bare("YES"),
      CHANNELS: String(rendition.channels),
      URI: mediaPlaylistName(rendition.id),
    }),
  );
}

const primaryTag = (language: string): string => language.split("-")[0]!.toLowerCase();

const DIALOGUE = "public.accessibility.transcribes-spoken-dialog";
const SOUNDS = "public.accessibility.describes-music-and-sound";

/**
 * CHARACTERISTICS of a caption track, claimed only where they are true: subtitles in the language of the audio transcribe
 * its dialogue, and captions, as well as tracks of a source that are named SDH or CC, describe music and sound too. Forced
 * ones transcribe only a part. RFC 8216bis knows no descriptions of pictures as text, so these have the one for audio.
 */
function characteristics(
  { kind, name, language }: PublishedCaptions,
  audioLanguage: string | null,
): string | undefined {
  if (kind === "descriptions") return "public.accessibility.describes-video";
  if (kind === "forced") return undefined;
  if (kind === "captions" || /\b(SDH|CC)\b/.test(name)) return `${DIALOGUE},${SOUNDS}`;
  return audioLanguage !== null && primaryTag(audioLanguage) === primaryTag(language)
    ? DIALOGUE
    : undefined;
}

type PublishedCaptions = Publication["captions"][number];

function subtitleMedia(publication: Publication, audioLanguage: string | null): string[] {
  const names = uniqueNames(publication.captions.map((caption) => caption.name));
  return publication.captions.map((caption, index) => {
    const { spoken, number } = spokenLanguage(caption.language);
    return tag("EXT-X-MEDIA", {
      TYPE: bare("SUBTITLES"),
      "GROUP-ID": SUBTITLES_GROUP,
      NAME: names[index],
      LANGUAGE: spoken,
      DEFAULT: bare("NO"),
      // A player must not choose descriptions by their language alone, nor can it choose between two tracks of a kind: those
      // with AUTOSELECT have to differ in language, kind or characteristics (RFC 8216bis, 4.4.6.1.1).
      AUTOSELECT: yesNo(caption.kind !== "descriptions" && number === 1),
      FORCED: yesNo(caption.kind === "forced"),
      CHARACTERISTICS: characteristics(caption, audioLanguage),
      URI: subtitlePlaylistName(trackTag(caption)),
    });
  });
}

/** Bits per second. */
interface Bandwidth {
  peak: number;
  average: number;
}

/** While segments are still to come, the peak is at least the encoder's cap. */
function bandwidthOf(track: Track, targetSeconds: number, live: boolean): Bandwidth {
  const { rendition } = track;
  const cap = rendition.type === "video" ? rendition.maxrate : rendition.bitrate;
  const peak = peakBandwidth(track.segments, targetSeconds);
  return { peak: live ? Math.max(peak, cap) : peak, average: averageBandwidth(track.segments) };
}

/** The bandwidth of a group is the largest of its members', because any of them may be playing. */
function bandwidthOfGroup(
  group: AudioGroup | undefined,
  targetSeconds: number,
  live: boolean,
): Bandwidth {
  const members = group?.tracks.map((track) => bandwidthOf(track, targetSeconds, live)) ?? [];
  return {
    peak: Math.max(0, ...members.map((member) => member.peak)),
    average: Math.max(0, ...members.map((member) => member.average)),
  };
}

function videoAttributes({ width, height }: VideoRendition) {
  return {
    RESOLUTION: bare(`${width}x${height}`),
    "VIDEO-RANGE": bare("SDR"),
  };
}

interface Variant {
  bandwidth: Bandwidth;
  codec: VideoRendition["codec"];
  lines: string[];
}

/** The better codec of two with the same size comes last. */
const CODECS_BY_QUALITY: VideoRendition["codec"][] = ["h264", "vp9", "av1"];

/**
 * The renditions from the worst to the best image quality. Their rank is their SCORE: without it, players take the
 * variant with the most bits for the best one, which is H.264 where another codec needs fewer bits for the same
 * quality.
 */
function byQuality(videos: readonly Track<VideoRendition>[]): Track<VideoRendition>[] {
  const pixels = ({ rendition: { width, height } }: Track<VideoRendition>) => width * height;
  const codec = ({ rendition }: Track<VideoRendition>) =>
    CODECS_BY_QUALITY.indexOf(rendition.codec);
  return videos.toSorted(
    (a, b) =>
      pixels(a) - pixels(b) ||
      codec(a) - codec(b) ||
      averageBandwidth(a.segments) - averageBandwidth(b.segments),
  );
}

/**
 * Average bandwidth of the variant that players begin with, in bits per second (Apple's authoring specification, 1.32).
 */
const FIRST_VARIANT_BANDWIDTH = 2_000_000;

/**
 * Sorted by bandwidth, but the variant to begin with comes first: the H.264 one whose average is closest to the
 * recommended one, by ratio.
 */
function inPlaylistOrder(variants: readonly Variant[]): Variant[] {
  const sorted = variants.toSorted((a, b) => a.bandwidth.peak - b.bandwidth.peak);
  const distance = ({ bandwidth }: Variant) =>
    Math.abs(Math.log(bandwidth.average / FIRST_VARIANT_BANDWIDTH));
  const [first] = sorted
    .filter(({ codec }) => codec === "h264")
    .toSorted((a, b) => distance(a) - distance(b));
  return first ? [first, ...sorted.filter((one) => one !== first)] : sorted;
}

/** A video rendition together with one audio group. BANDWIDTH is the measured peak of both together. */
function variant(
  publication: Publication,
  track: Track<VideoRendition>,
  group: AudioGroup | undefined,
  score: number,
  targetSeconds: number,
): Variant {
  const video = bandwidthOf(track, targetSeconds, publication.live);
  const audio = bandwidthOfGroup(group, targetSeconds, publication.live);
  const codecs = [track.codecs, ...new Set(group?.tracks.map((member) => member.codecs))];
  const { num, den } = track.rendition.frameRate;
  const bandwidth = { peak: video.peak + audio.peak, average: video.average + audio.average };
  const streamInf = tag("EXT-X-STREAM-INF", {
    BANDWIDTH: bare(bandwidth.peak),
    "AVERAGE-BANDWIDTH": bare(bandwidth.average),
    SCORE: bare(score),
    CODECS: codecs.join(","),
    ...videoAttributes(track.rendition),
    "FRAME-RATE": bare((num / den).toFixed(3)),
    AUDIO: group?.id,
    SUBTITLES: publication.captions.length > 0 ? SUBTITLES_GROUP : undefined,
    "CLOSED-CAPTIONS": bare("NONE"),
  });
  const { id, codec } = track.rendition;
  return { bandwidth, codec, lines: [streamInf, mediaPlaylistName(id)] };
}

function iframeStreamInf(
  { encrypted }: Publication,
  track: Track<VideoRendition>,
  score: number,
  targetSeconds: number,
): string {
  const frames = track.segments.map(({ seconds, keyframe }) => ({
    seconds,
    bytes: encrypted ? encryptedStartSize(keyframe![1]) : keyframe![1],
  }));
  return tag("EXT-X-I-FRAME-STREAM-INF", {
    BANDWIDTH: bare(peakBandwidth(frames, targetSeconds)),
    "AVERAGE-BANDWIDTH": bare(averageBandwidth(frames)),
    SCORE: bare(score),
    CODECS: track.codecs,
    ...videoAttributes(track.rendition),
    URI: iframePlaylistName(track.rendition.id),
  });
}

/**
 * Where AVKit and others find the chapters, even while the video grows. The final media playlists contain them too, as
 * date ranges (docs/decisions/740-chapters-of-creators.md).
 */
function sessionData({ chapters }: Publication): string[] {
  return chapters
    ? [tag("EXT-X-SESSION-DATA", { "DATA-ID": "com.apple.hls.chapters", URI: CHAPTERS_NAME })]
    : [];
}

/** The multivariant playlist: each video rendition with each audio group. */
export function multivariantPlaylist(publication: Publication, tracks: Track[]): string {
  const targetSeconds = targetDuration(publication, tracks);
  const videos = tracks.filter(isVideo);
  const groups = audioGroups(tracks);
  const defaultAudio = groups[0]?.tracks.find((track) => track.rendition.isDefault);
  const ranking = byQuality(videos);
  const score = (track: Track<VideoRendition>) => ranking.indexOf(track) + 1;
  const variants = videos.flatMap((track) =>
    (groups.length > 0 ? groups : [undefined]).map((group) =>
      variant(publication, track, group, score(track), targetSeconds),
    ),
  );
  return lines(
    HEADER,
    sessionData(publication),
    groups.flatMap(audioMedia),
    subtitleMedia(publication, defaultAudio?.rendition.language ?? null),
    inPlaylistOrder(variants).flatMap((one) => one.lines),
    videos
      .filter(hasIframes)
      .map((track) => iframeStreamInf(publication, track, score(track), targetSeconds)),
  );
}
