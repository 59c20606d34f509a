import { MAX_CAPTION_TRACKS } from "../../../workers/contract/captions.ts";
import { audioSpecs } from "../../../workers/domain/audio-specs.ts";
import {
  cutChunks,
  longestChunk,
  renditionGroups,
  segmentWork,
} from "../../../workers/domain/chunks.ts";
import type { Fraction, SourceInfo } from "../../../workers/contract/source.ts";
import type {
  AudioRendition,
  Grid,
  Plan,
  PlannedTask,
  PlanSettings,
  Priority,
  VideoRendition,
} from "../../../workers/contract/transcodes.ts";
import { type ExtraCodecs, planExtras } from "./extras.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { trackName } from "../probe/track-name.ts";

/** The first chunk is short, so that the time until playback can start does not depend on the length of the video. */
const FIRST_CHUNK_SEGMENTS = 2;
const MAX_AUDIO_TRACKS = 16;
const AUDIO_SAMPLE_RATE = 48_000;

/** The output frame grid of a video. @param duration seconds */
export function gridFor(frameRate: Fraction, duration: number, segmentSeconds: number): Grid {
  const framesPerSegment = Math.max(1, Math.round(segmentSeconds * rateOf(frameRate)));
  const totalFrames = Math.max(1, Math.round(duration * rateOf(frameRate)));
  return {
    frameRate,
    framesPerSegment,
    totalFrames,
    segmentCount: Math.ceil(totalFrames / framesPerSegment),
  };
}

/**
 * One stereo or mono AAC rendition per audio track, named by its title or language. Exactly one is the default. If
 * there are too many tracks, the first ones and the default one are kept.
 */
export function audioRenditions(source: SourceInfo): AudioRendition[] {
  const preferred = source.audio.find((track) => track.isDefault) ?? source.audio[0];
  const others = source.audio.filter((track) => track !== preferred).slice(0, MAX_AUDIO_TRACKS - 1);
  const tracks = source.audio.filter((track) => track === preferred || others.includes(track));
  const names = new Map<string, number>();
  return tracks.map((track, position) => {
    const name = trackName(track.title, track.language, position);
    const occurrence = (names.get(name) ?? 0) + 1;
    names.set(name, occurrence);
    const channels = Math.min(2, track.channels);
    return {
      type: "audio",
      id: `audio-${position}`,
      codec: "aac",
      streamIndex: track.index,
      channels,
      sampleRate: AUDIO_SAMPLE_RATE,
      bitrate: channels === 1 ? 80_000 : 128_000,
      language: track.language,
      name: occurrence === 1 ? name : `${name} ${occurrence}`,
      isDefault: track === preferred,
    };
  });
}

function videoTasks(
  source: SourceInfo,
  grid: Grid,
  renditions: VideoRendition[],
  settings: PlanSettings,
): PlannedTask[] {
  const { limits } = settings;
  function chunk(
    name: string,
    priority: Priority,
    firstSegment: number,
    segmentCount: number,
    group: VideoRendition[],
  ): PlannedTask {
    return {
      name,
      stage: "encode",
      priority,
      spec: { kind: "video", source, grid, firstSegment, segmentCount, renditions: group, limits },
    };
  }
  const [lowest, ...others] = renditions;
  const otherGroups = renditionGroups(source, grid, others);
  const maxLengths = [...otherGroups, renditions.slice(0, 1)].map((group) =>
    longestChunk(segmentWork(source, grid, group)),
  );
  const firstLength = Math.min(FIRST_CHUNK_SEGMENTS, grid.segmentCount, ...maxLengths);
  const firstChunks = [
    ...(lowest ? [chunk(`video 0 ${lowest.id}`, "first-video", 0, firstLength, [lowest])] : []),
    ...otherGroups.map((group, index) => {
      const name = index === 0 ? "video 0 others" : `video 0 others ${index + 1}`;
      return chunk(name, "other-renditions", 0, firstLength, group);
    }),
  ];
  const laterChunks = cutChunks(source, grid, renditions, settings.parallelism, firstLength).map(
    ({ firstSegment, segmentCount, renditions: group }, index) =>
      chunk(`video ${index + 1}`, "later-video", firstSegment, segmentCount, group),
  );
  return [...firstChunks, ...laterChunks];
}

function audioTasks(
  source: SourceInfo,
  grid: Grid,
  renditions: AudioRendition[],
  settings: PlanSettings,
): PlannedTask[] {
  return renditions.flatMap((rendition, position) => {
    const firstPriority = rendition.isDefault ? "first-audio" : "other-audio";
    return audioSpecs(source, grid, rendition, settings).map((spec, part) => ({
      name: part === 0 ? `audio ${position}` : `audio ${position} part ${part + 1}`,
      stage: "encode",
      priority: part === 0 ? firstPriority : "later-audio",
      spec,
    }));
  });
}

function captionTasks(source: SourceInfo, settings: PlanSettings): PlannedTask[] {
  if (source.captions.length === 0) return [];
  const streams = source.captions
    .slice(0, MAX_CAPTION_TRACKS)
    .map(({ index, language, title, isForced }, position) => ({
      index,
      language: language ?? "und",
      name: trackName(title, language, position),
      isForced,
    }));
  return [
    {
      name: "captions",
      stage: "encode",
      priority: "captions",
      spec: { kind: "captions", source, streams, limits: settings.limits },
    },
  ];
}

/**
 * Plans all tasks of a source. A pure function: the same source always gives the same tasks.
 *
 * @param video the ladder, lowest rendition first
 * @param codecs of the renditions that are added when the video is ready
 */
export function planTasks(
  source: SourceInfo,
  grid: Grid,
  video: VideoRendition[],
  settings: PlanSettings,
  codecs: ExtraCodecs = {},
): Plan {
  const { limits } = settings;
  const audio = audioRenditions(source);
  const extras = planExtras({
    source,
    grid,
    ladder: video,
    audio,
    codecs,
    settings,
  });
  return {
    source,
    grid,
    renditions: [...video, ...audio, ...extras.renditions],
    tasks: [
      ...videoTasks(source, grid, video, settings),
      ...audioTasks(source, grid, audio, settings),
      {
        name: "images",
        stage: "encode",
        priority: "images",
        spec: { kind: "images", source, posterAt: null, limits },
      },
      ...captionTasks(source, settings),
      { name: "finish", stage: "publish", priority: "blocking", spec: { kind: "finish" } },
      ...extras.tasks,
    ],
  };
}
