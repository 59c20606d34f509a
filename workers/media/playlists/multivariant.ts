import type { Publication } from "../../contract/publication.ts";
import type { AudioRendition, VideoRendition } from "../../contract/transcode.ts";
import { averageBandwidth, peakBandwidth } from "./bandwidth.ts";
import { hasIframes } from "./media.ts";
import { iframePlaylistName, mediaPlaylistName, subtitlePlaylistName } from "./names.ts";
import { type Bare, HEADER, bare, lines, tag } from "./tags.ts";
import { isAudio, isVideo, type Track, targetDuration } from "./timeline.ts";

const SUBTITLES = "subs";

/**
 * Renditions of one codec, whatever their channels, which each member says for itself: all groups hold the same tracks,
 * as RFC 8216bis (4.4.6.1.1) wants it, so that a change of rung changes neither the choice nor the language.
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

/** NAME must be unique in its group (RFC 8216bis, 4.4.6.1.1). */
function uniqueNames(names: string[]): string[] {
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

const yesNo = (value: boolean): Bare => bare(value ? "YES" : "NO");

function audioMedia(group: AudioGroup): string[] {
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
      LANGUAGE: rendition.language ?? undefined,
      DEFAULT: yesNo(index === defaultIndex),
      AUTOSELECT: bare("YES"),
      CHANNELS: String(rendition.channels),
      URI: mediaPlaylistName(rendition.id),
    }),
  );
}

const primaryTag = (language: string): string => language.split("-")[0]!.toLowerCase();

/**
 * CHARACTERISTICS of captions, claimed only where they hold: in the language that is spoken they transcribe the
 * dialogue, and called SDH or CC they describe the sounds as well.
 */
function characteristics(
  caption: { language: string; name: string },
  spoken: string | null,
): string | undefined {
  const dialogue = "public.accessibility.transcribes-spoken-dialog";
  if (/\b(SDH|CC)\b/.test(caption.name))
    return `${dialogue},public.accessibility.describes-music-and-sound`;
  return spoken !== null && primaryTag(spoken) === primaryTag(caption.language)
    ? dialogue
    : undefined;
}

function subtitleMedia(publication: Publication, spoken: string | null): string[] {
  const names = uniqueNames(publication.captions.map((caption) => caption.name));
  return publication.captions.map((caption, index) =>
    tag("EXT-X-MEDIA", {
      TYPE: bare("SUBTITLES"),
      "GROUP-ID": SUBTITLES,
      NAME: names[index],
      LANGUAGE: caption.language,
      DEFAULT: bare("NO"),
      AUTOSELECT: bare("YES"),
      FORCED: bare("NO"),
      CHARACTERISTICS: characteristics(caption, spoken),
      URI: subtitlePlaylistName(caption.language),
    }),
  );
}

interface Rate {
  peak: number;
  average: number;
}

/** While segments are still to come, the encoder's cap stands for those that nobody has measured yet. */
function rateOf(track: Track, target: number, live: boolean): Rate {
  const { rendition } = track;
  const cap = rendition.type === "video" ? rendition.maxrate : rendition.bitrate;
  const peak = peakBandwidth(track.segments, target);
  return { peak: live ? Math.max(peak, cap) : peak, average: averageBandwidth(track.segments) };
}

/** The rates of a group are those of its largest member: any of them may be playing. */
function rateOfGroup(group: AudioGroup | undefined, target: number, live: boolean): Rate {
  const rates = group?.tracks.map((track) => rateOf(track, target, live)) ?? [];
  return {
    peak: Math.max(0, ...rates.map((rate) => rate.peak)),
    average: Math.max(0, ...rates.map((rate) => rate.average)),
  };
}

const videoAttributes = ({ width, height }: VideoRendition) => ({
  RESOLUTION: bare(`${width}x${height}`),
  "VIDEO-RANGE": bare("SDR"),
});

/**
 * The master (multivariant) playlist: each video rendition with each audio group, best rung last. BANDWIDTH is the
 * measured peak of picture and sound together.
 */
export function multivariantPlaylist(publication: Publication, tracks: Track[]): string {
  const target = targetDuration(publication, tracks);
  const videos = tracks.filter(isVideo);
  const groups = audioGroups(tracks);
  const spoken =
    groups[0]?.tracks.find((track) => track.rendition.isDefault)?.rendition.language ?? null;
  const withSubtitles = publication.captions.length > 0;

  const variants = videos.flatMap((track) => {
    const video = rateOf(track, target, publication.live);
    return (groups.length > 0 ? groups : [undefined]).map((group) => {
      const audio = rateOfGroup(group, target, publication.live);
      const codecs = [track.codecs, ...new Set(group?.tracks.map((member) => member.codecs))];
      const { num, den } = track.rendition.frameRate;
      const peak = video.peak + audio.peak;
      const info = tag("EXT-X-STREAM-INF", {
        BANDWIDTH: bare(peak),
        "AVERAGE-BANDWIDTH": bare(video.average + audio.average),
        CODECS: codecs.join(","),
        ...videoAttributes(track.rendition),
        "FRAME-RATE": bare((num / den).toFixed(3)),
        AUDIO: group?.id,
        SUBTITLES: withSubtitles ? SUBTITLES : undefined,
        "CLOSED-CAPTIONS": bare("NONE"),
      });
      return { peak, text: [info, mediaPlaylistName(track.rendition.id)] };
    });
  });

  const iframes = videos.filter(hasIframes).map((track) => {
    const frames = track.segments.map(({ seconds, keyframe }) => ({
      seconds,
      bytes: keyframe![1],
    }));
    return tag("EXT-X-I-FRAME-STREAM-INF", {
      BANDWIDTH: bare(peakBandwidth(frames, target)),
      "AVERAGE-BANDWIDTH": bare(averageBandwidth(frames)),
      CODECS: track.codecs,
      ...videoAttributes(track.rendition),
      URI: iframePlaylistName(track.rendition.id),
    });
  });

  return lines(
    HEADER,
    groups.flatMap(audioMedia),
    withSubtitles ? subtitleMedia(publication, spoken) : [],
    variants.toSorted((a, b) => a.peak - b.peak).flatMap((variant) => variant.text),
    iframes,
  );
}
