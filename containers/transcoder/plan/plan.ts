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
} from "../../../workers/contract/transcode.ts";
import { type ExtraCodecs, planExtras } from "./extras.ts";
import { rateOf } from "../probe/frame-rate.ts";

/** The first chunk is short: complete -> playable must not grow with the length of the film. */
const FIRST_CHUNK_SEGMENTS = 2;
const MAX_AUDIO_TRACKS = 8;
const AUDIO_SAMPLE_RATE = 48_000;

/** @param duration seconds */
export const gridFor = (frameRate: Fraction, duration: number, segmentSeconds: number): Grid => {
  const framesPerSegment = Math.max(1, Math.round(segmentSeconds * rateOf(frameRate)));
  const totalFrames = Math.max(1, Math.round(duration * rateOf(frameRate)));
  return {
    frameRate,
    framesPerSegment,
    totalFrames,
    segmentCount: Math.ceil(totalFrames / framesPerSegment),
  };
};

const languageName = (language: string): string | undefined =>
  new Intl.DisplayNames([language], { type: "language" }).of(language);

/**
 * One stereo (or mono) AAC rendition a track, named by its title or language, exactly one of them default. Of very many
 * tracks the first are kept, and the default one.
 */
export const audioRenditions = (source: SourceInfo): AudioRendition[] => {
  const preferred = source.audio.find((track) => track.isDefault) ?? source.audio[0];
  const others = source.audio.filter((track) => track !== preferred).slice(0, MAX_AUDIO_TRACKS - 1);
  const tracks = source.audio.filter((track) => track === preferred || others.includes(track));
  const names = new Map<string, number>();
  return tracks.map((track, position) => {
    const name =
      track.title ??
      (track.language === null ? undefined : languageName(track.language)) ??
      `Audio ${position + 1}`;
    const seen = (names.get(name) ?? 0) + 1;
    names.set(name, seen);
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
      name: seen === 1 ? name : `${name} ${seen}`,
      isDefault: track === preferred,
    };
  });
};

const videoTasks = (
  source: SourceInfo,
  grid: Grid,
  renditions: VideoRendition[],
  settings: PlanSettings,
): PlannedTask[] => {
  const { limits } = settings;
  const chunk = (
    name: string,
    priority: Priority,
    firstSegment: number,
    segmentCount: number,
    rungs: VideoRendition[],
  ): PlannedTask => ({
    name,
    stage: "encode",
    priority,
    spec: { kind: "video", source, grid, firstSegment, segmentCount, renditions: rungs, limits },
  });
  const [lowest, ...others] = renditions;
  const openings = renditionGroups(source, grid, others);
  const works = [...openings, renditions.slice(0, 1)].map((rungs) =>
    segmentWork(source, grid, rungs),
  );
  const first = Math.min(FIRST_CHUNK_SEGMENTS, grid.segmentCount, ...works.map(longestChunk));
  const opening = [
    ...(lowest ? [chunk(`video 0 ${lowest.id}`, "first-video", 0, first, [lowest])] : []),
    ...openings.map((rungs, index) => {
      const name = index === 0 ? "video 0 others" : `video 0 others ${index + 1}`;
      return chunk(name, "other-renditions", 0, first, rungs);
    }),
  ];
  const later = cutChunks(source, grid, renditions, settings.parallelism, first).map(
    ({ firstSegment, segmentCount, renditions: rungs }, index) =>
      chunk(`video ${index + 1}`, "later-video", firstSegment, segmentCount, rungs),
  );
  return [...opening, ...later];
};

const audioTasks = (
  source: SourceInfo,
  grid: Grid,
  renditions: AudioRendition[],
  settings: PlanSettings,
): PlannedTask[] =>
  renditions.flatMap((rendition, position) => {
    const opening = rendition.isDefault ? "first-audio" : "other-audio";
    return audioSpecs(source, grid, rendition, settings).map((spec, part) => ({
      name: part === 0 ? `audio ${position}` : `audio ${position} part ${part + 1}`,
      stage: "encode",
      priority: part === 0 ? opening : "later-audio",
      spec,
    }));
  });

const captionTasks = (source: SourceInfo, settings: PlanSettings): PlannedTask[] => {
  if (source.captions.length === 0) return [];
  const streams = source.captions.map(({ index, language: tag, title, isForced }) => {
    const language = tag ?? "und";
    return { index, language, name: title ?? languageName(language) ?? language, isForced };
  });
  return [
    {
      name: "captions",
      stage: "encode",
      priority: "captions",
      spec: { kind: "captions", source, streams, limits: settings.limits },
    },
  ];
};

/**
 * The whole work of one source: pure, so that the same source always gives the same tasks.
 *
 * @param video the ladder, lowest rung first
 * @param codecs of the renditions that are added after `ready`
 */
export const planTasks = (
  source: SourceInfo,
  grid: Grid,
  video: VideoRendition[],
  settings: PlanSettings,
  codecs: ExtraCodecs = {},
): Plan => {
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
};
