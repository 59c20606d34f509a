import type { Publication } from "../../contract/publication.ts";
import type { Rendition, VideoRendition } from "../../contract/transcode.ts";
import { averageBandwidth, peakBandwidth } from "./bandwidth.ts";
import { subtitlePlaylistName } from "./names.ts";
import { isAudio, isVideo, type Track, targetDuration, type TimelineSegment } from "./timeline.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);

type Attributes = Record<string, string | number | undefined>;

/** One element; undefined attributes are left out, children are already XML. */
function element(name: string, attributes: Attributes, children: string[] = []): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escape(String(value))}"`)
    .join("");
  return children.length === 0
    ? `<${name}${list}/>`
    : `<${name}${list}>${children.join("")}</${name}>`;
}

const duration = (seconds: number): string => `PT${seconds.toFixed(3)}S`;

const role = (value: string): string =>
  element("Role", { schemeIdUri: "urn:mpeg:dash:role:2011", value });

/** Runs of equally long segments as one S element; `t` only where the track does not simply go on. */
function segmentTimeline(segments: TimelineSegment[]): string {
  const runs: { t: number | undefined; d: number; r: number; end: number }[] = [];
  for (const { start, duration: d } of segments) {
    const last = runs.at(-1);
    if (last && last.end === start && last.d === d) {
      last.r += 1;
      last.end += d;
    } else {
      runs.push({ t: last?.end === start ? undefined : start, d, r: 0, end: start + d });
    }
  }
  const children = runs.map(({ t, d, r }) => element("S", { t, d, r: r || undefined }));
  return element("SegmentTimeline", {}, children);
}

/**
 * The segments of one representation. A SegmentList, for their folders name the chunk and the attempt that made
 * them, which no SegmentTemplate can say.
 */
const segmentList = (track: Track): string =>
  element("SegmentList", { timescale: track.timescale }, [
    element("Initialization", { sourceURL: track.segments[0]!.init.uri }),
    segmentTimeline(track.segments),
    ...track.segments.map(({ uri }) => element("SegmentURL", { media: uri })),
  ]);

const FORMAT = { video: "video/mp4", audio: "audio/mp4" } as const;

const representation = (
  track: Track,
  target: number,
  attributes: Attributes,
  children: string[] = [],
): string =>
  element(
    "Representation",
    {
      id: track.rendition.id,
      bandwidth: peakBandwidth(track.segments, target),
      codecs: track.codecs,
      ...attributes,
    },
    [...children, segmentList(track)],
  );

const frameRate = ({ frameRate: { num, den } }: VideoRendition): string =>
  den === 1 ? String(num) : `${num}/${den}`;

/** Rungs of one codec: what a player may switch between without starting its decoder anew. */
function videoSets(tracks: Track<VideoRendition>[], target: number): string[] {
  const codecs = [...new Set(tracks.map((track) => track.rendition.codec))];
  return codecs.map((codec) => {
    const rungs = tracks.filter((track) => track.rendition.codec === codec);
    const bySize = rungs.toSorted(
      (a, b) => averageBandwidth(a.segments) - averageBandwidth(b.segments),
    );
    const representations = bySize.map((track) => {
      const { width, height, pixelAspect } = track.rendition;
      const sar = `${pixelAspect.num}:${pixelAspect.den}`;
      return representation(track, target, {
        width,
        height,
        sar,
        frameRate: frameRate(track.rendition),
      });
    });
    return adaptationSet("video", { startWithSAP: 1 }, representations);
  });
}

const adaptationSet = (
  contentType: Rendition["type"],
  attributes: Attributes,
  children: string[],
): string =>
  element(
    "AdaptationSet",
    { contentType, mimeType: FORMAT[contentType], segmentAlignment: "true", ...attributes },
    children,
  );

function audioSets(tracks: Track[], target: number): string[] {
  return tracks.filter(isAudio).map((track) => {
    const { language, name, isDefault, sampleRate, channels } = track.rendition;
    const channelConfiguration = element("AudioChannelConfiguration", {
      schemeIdUri: "urn:mpeg:dash:23003:3:audio_channel_configuration:2011",
      value: channels,
    });
    return adaptationSet("audio", { lang: language ?? undefined }, [
      element("Label", {}, [escape(name)]),
      role(isDefault ? "main" : "alternate"),
      representation(track, target, { audioSamplingRate: sampleRate }, [channelConfiguration]),
    ]);
  });
}

/** One WebVTT file a language, beside the segments. */
const textSets = (publication: Publication): string[] =>
  publication.captions.map(({ language, name, path }) =>
    element("AdaptationSet", { contentType: "text", mimeType: "text/vtt", lang: language }, [
      element("Label", {}, [escape(name)]),
      role("subtitle"),
      element("Representation", { id: subtitlePlaylistName(language), bandwidth: 256 }, [
        element("BaseURL", {}, [escape(`../${path}`)]),
      ]),
    ]),
  );

const endOf = ({ segments, timescale }: Track): number => {
  const last = segments.at(-1)!;
  return (last.start + last.duration) / timescale;
};

/** A representation has one initialization segment; HLS alone can change it on the way. */
const hasOneInit = ({ segments }: Track): boolean =>
  segments.every(({ init }) => init.sha256 === segments[0]!.init.sha256);

/**
 * One static MPEG-DASH manifest (ISO/IEC 23009-1) over the same CMAF files as the HLS playlists; null where a
 * picture track has no single init segment, so that only HLS can carry it.
 */
export function dashManifest(publication: Publication, all: Track[]): string | null {
  const tracks = all.filter(hasOneInit);
  const videos = tracks.filter(isVideo);
  if (videos.length === 0) return null;
  const target = targetDuration(publication, all);
  const period = element("Period", { id: "0", start: "PT0S" }, [
    ...videoSets(videos, target),
    ...audioSets(tracks, target),
    ...textSets(publication),
  ]);
  const manifest = element(
    "MPD",
    {
      xmlns: "urn:mpeg:dash:schema:mpd:2011",
      profiles: "urn:mpeg:dash:profile:isoff-main:2011",
      type: "static",
      mediaPresentationDuration: duration(Math.max(...videos.map(endOf))),
      minBufferTime: duration(target),
    },
    [period],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${manifest}\n`;
}
