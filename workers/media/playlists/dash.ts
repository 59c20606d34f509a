import type { Publication } from "../../contract/publications.ts";
import type { Rendition, VideoRendition } from "../../contract/transcodes.ts";
import { averageBandwidth, peakBandwidth } from "./bandwidth.ts";
import { isAudio, isVideo, type Track, targetDuration, type TimelineSegment } from "./timeline.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

type Attributes = Record<string, string | number | undefined>;

/** An XML element. Undefined attributes are left out; children are XML already. */
function element(name: string, attributes: Attributes, children: string[] = []): string {
  const attributeList = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join("");
  return children.length === 0
    ? `<${name}${attributeList}/>`
    : `<${name}${attributeList}>${children.join("")}</${name}>`;
}

const duration = (seconds: number): string => `PT${seconds.toFixed(3)}S`;

function role(value: string): string {
  return element("Role", { schemeIdUri: "urn:mpeg:dash:role:2011", value });
}

/**
 * One S element for each segment, never `r` (a repeat count): dash.js, VLC and GStreamer pair the S elements of a
 * SegmentList with its SegmentURLs one by one, and end the video where the S elements end. It has `t` only after a gap.
 */
function segmentTimeline(segments: TimelineSegment[]): string {
  let end: number | undefined;
  const children = segments.map(({ start, duration: d }) => {
    const t = start === end ? undefined : start;
    end = start + d;
    return element("S", { t, d });
  });
  return element("SegmentTimeline", {}, children);
}

/**
 * The segments of one representation. It is a SegmentList because their folders name the chunk and the attempt that made
 * them, which no SegmentTemplate can express.
 */
function segmentList(track: Track): string {
  return element("SegmentList", { timescale: track.timescale }, [
    element("Initialization", { sourceURL: track.segments[0]!.init.uri }),
    segmentTimeline(track.segments),
    ...track.segments.map(({ uri }) => element("SegmentURL", { media: uri })),
  ]);
}

const MIME_TYPES = { video: "video/mp4", audio: "audio/mp4" } as const;

function representation(
  track: Track,
  targetSeconds: number,
  attributes: Attributes,
  children: string[] = [],
): string {
  return element(
    "Representation",
    {
      id: track.rendition.id,
      bandwidth: peakBandwidth(track.segments, targetSeconds),
      codecs: track.codecs,
      ...attributes,
    },
    [...children, segmentList(track)],
  );
}

function frameRate({ frameRate: { num, den } }: VideoRendition): string {
  return den === 1 ? String(num) : `${num}/${den}`;
}

/** One set per codec: a player can switch between its renditions without restarting the decoder. */
function videoAdaptationSets(tracks: Track<VideoRendition>[], targetSeconds: number): string[] {
  const codecs = [...new Set(tracks.map((track) => track.rendition.codec))];
  return codecs.map((codec) => {
    const renditions = tracks.filter((track) => track.rendition.codec === codec);
    const byBandwidth = renditions.toSorted(
      (a, b) => averageBandwidth(a.segments) - averageBandwidth(b.segments),
    );
    const representations = byBandwidth.map((track) => {
      const { width, height, pixelAspect } = track.rendition;
      const sar = `${pixelAspect.num}:${pixelAspect.den}`;
      return representation(track, targetSeconds, {
        width,
        height,
        sar,
        frameRate: frameRate(track.rendition),
      });
    });
    return adaptationSet("video", { startWithSAP: 1 }, representations);
  });
}

function adaptationSet(
  contentType: Rendition["type"],
  attributes: Attributes,
  children: string[],
): string {
  return element(
    "AdaptationSet",
    { contentType, mimeType: MIME_TYPES[contentType], segmentAlignment: "true", ...attributes },
    children,
  );
}

function audioAdaptationSets(tracks: Track[], targetSeconds: number): string[] {
  return tracks.filter(isAudio).map((track) => {
    const { language, name, isDefault, sampleRate, channels } = track.rendition;
    const channelConfiguration = element("AudioChannelConfiguration", {
      schemeIdUri: "urn:mpeg:dash:23003:3:audio_channel_configuration:2011",
      value: channels,
    });
    return adaptationSet("audio", { lang: language ?? undefined }, [
      element("Label", {}, [escapeXml(name)]),
      role(isDefault ? "main" : "alternate"),
      representation(track, targetSeconds, { audioSamplingRate: sampleRate }, [
        channelConfiguration,
      ]),
    ]);
  });
}

/** Seconds. */
function endOf({ segments, timescale }: Track): number {
  const last = segments.at(-1)!;
  return (last.start + last.duration) / timescale;
}

/** A representation has one initialization segment; only HLS can change it midway. */
function hasOneInit({ segments }: Track): boolean {
  return segments.every(({ init }) => init.sha256 === segments[0]!.init.sha256);
}

/**
 * A static MPEG-DASH manifest (ISO/IEC 23009-1) of the same CMAF files as the HLS playlists. Tracks that change their init
 * segment are left out; null when no video track is left, so that only HLS can describe the video. It has no captions:
 * with a WebVTT file in the manifest, ffmpeg and mpv end the video at its last cue, and VLC crashes.
 */
export function dashManifest(publication: Publication, all: Track[]): string | null {
  const tracks = all.filter(hasOneInit);
  const videos = tracks.filter(isVideo);
  if (videos.length === 0) return null;
  const targetSeconds = targetDuration(publication, all);
  const period = element("Period", { id: "0", start: "PT0S" }, [
    ...videoAdaptationSets(videos, targetSeconds),
    ...audioAdaptationSets(tracks, targetSeconds),
  ]);
  const manifest = element(
    "MPD",
    {
      xmlns: "urn:mpeg:dash:schema:mpd:2011",
      profiles: "urn:mpeg:dash:profile:isoff-main:2011",
      type: "static",
      mediaPresentationDuration: duration(Math.max(...videos.map(endOf))),
      minBufferTime: duration(targetSeconds),
    },
    [period],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${manifest}\n`;
}
