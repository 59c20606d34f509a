import { MAX_CAPTION_TRACKS } from "../../../workers/contract/captions.ts";
import { audioSpecs } from "../../../workers/domain/tasks/audio-specs.ts";
import {
  cutChunks,
  longestChunk,
  renditionGroups,
  segmentRange,
  segmentWork,
} from "../../../workers/domain/tasks/chunks.ts";
import type { AudioStream, Fraction, SourceInfo } from "../../../workers/contract/source.ts";
import type { Priority } from "../../../workers/contract/task-order.ts";
import type {
  AudioRendition,
  Grid,
  Plan,
  PlannedTask,
  PlanSettings,
  VideoRendition,
} from "../../../workers/contract/transcodes.ts";
import { AUDIO_SAMPLE_RATE, type ExtraCodecs, planExtras } from "./extras.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { captionName, trackName } from "../probe/track-name.ts";
import { MIN_LAST_FRAMES } from "../video/video-args.ts";

/** The first chunk is short, so that the time until playback can start does not depend on the length of the video. */
const FIRST_CHUNK_SEGMENTS = 2;
export const MAX_AUDIO_TRACKS = 16;

/** Copying takes little time, so these limit how much one task stores. */
const MAX_COPY_SEGMENTS = 60;
const MAX_COPY_BITS = 4_000_000_000;

/** The parts of a source that are copied instead of encoded. */
export interface Copies {
  /** The top rendition, which replaces that of the ladder. */
  copy?: VideoRendition;
  /** The first frame of each segment and the end of the last: keyframes of the source. */
  cuts?: readonly number[];
  isAudioCopyable?: (rendition: AudioRendition) => boolean;
}

/**
 * The number of frames per segment that is closest to the intended one and leaves no last segment of fewer than
 * `MIN_LAST_FRAMES`. Joining the last two segments instead would put keyframes at unequal distances.
 */
function fittingLength(totalFrames: number, wantedFrames: number): number {
  function fits(length: number): boolean {
    const rest = totalFrames % length;
    return totalFrames <= length || rest === 0 || rest >= MIN_LAST_FRAMES;
  }
  for (let change = 0; ; change += 1) {
    const [shorter, longer] = [wantedFrames - change, wantedFrames + change];
    if (shorter >= MIN_LAST_FRAMES && fits(shorter)) return shorter;
    if (longer >= MIN_LAST_FRAMES && fits(longer)) return longer;
  }
}

/** Divides the frames of a video into segments of equal length. */
function divideFrames(frameRate: Fraction, totalFrames: number, segmentSeconds: number): Grid {
  const wantedFrames = Math.round(segmentSeconds * rateOf(frameRate));
  const framesPerSegment = fittingLength(totalFrames, wantedFrames);
  return {
    frameRate,
    framesPerSegment,
    totalFrames,
    segmentCount: Math.ceil(totalFrames / framesPerSegment),
  };
}

/** The output frame grid of a video. @param duration seconds */
export function gridFor(frameRate: Fraction, duration: number, segmentSeconds: number): Grid {
  const totalFrames = Math.max(1, Math.round(duration * rateOf(frameRate)));
  return divideFrames(frameRate, totalFrames, segmentSeconds);
}

/** The default audio track. */
const preferredAudio = ({ audio }: SourceInfo): AudioStream | undefined =>
  audio.find((track) => track.isDefault) ?? audio[0];

/** The audio tracks that are encoded: if there are too many, the first ones and the default one. */
export function usedAudio(source: SourceInfo): AudioStream[] {
  const preferred = preferredAudio(source);
  const others = source.audio.filter((track) => track !== preferred).slice(0, MAX_AUDIO_TRACKS - 1);
  return source.audio.filter((track) => track === preferred || others.includes(track));
}

/** One stereo or mono AAC rendition per audio track, named by its title or language. Exactly one is the default. */
export function audioRenditions(
  source: SourceInfo,
  isAudioCopyable: Copies["isAudioCopyable"] = () => false,
): AudioRendition[] {
  const preferred = preferredAudio(source);
  const names = new Map<string, number>();
  return usedAudio(source).map((track, position) => {
    const name = trackName(track.title, track.language, position);
    const occurrence = (names.get(name) ?? 0) + 1;
    names.set(name, occurrence);
    const channels = Math.min(2, track.channels);
    const rendition: AudioRendition = {
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
    return isAudioCopyable(rendition)
      ? { ...rendition, sampleRate: track.sampleRate, isCopyable: true }
      : rendition;
  });
}

/** The grid of renditions that are cut at the source's keyframes. */
function cutGrid(grid: Grid, cuts: readonly number[]): Grid {
  const lengths = cuts.slice(1).map((cut, index) => cut - (cuts[index] ?? 0));
  return { ...grid, framesPerSegment: Math.max(...lengths), segmentCount: lengths.length };
}

/** Lengths of the chunks of a copied rendition after the first one. */
function copyLengths(grid: Grid, { maxrate }: VideoRendition, from: number): number[] {
  const segmentBits = (maxrate * grid.framesPerSegment) / rateOf(grid.frameRate);
  const longest = Math.max(1, Math.min(MAX_COPY_SEGMENTS, Math.floor(MAX_COPY_BITS / segmentBits)));
  const left = grid.segmentCount - from;
  return Array.from({ length: Math.ceil(left / longest) }, (_, index) =>
    Math.min(longest, left - index * longest),
  );
}

function videoTasks(
  source: SourceInfo,
  grid: Grid,
  encoded: VideoRendition[],
  settings: PlanSettings,
  { copy, cuts }: Copies,
): PlannedTask[] {
  const { limits } = settings;
  function chunk(
    name: string,
    priority: Priority,
    range: ReturnType<typeof segmentRange>,
    group: VideoRendition[],
  ): PlannedTask {
    return {
      name,
      stage: "encode",
      priority,
      spec: { kind: "video", source, grid, ...range, renditions: group, limits },
    };
  }
  const [lowest, ...others] = encoded;
  const otherGroups = renditionGroups(source, grid, others);
  const maxLengths = [...otherGroups, encoded.slice(0, 1)].map((group) =>
    longestChunk(segmentWork(source, grid, group)),
  );
  const firstLength = Math.min(FIRST_CHUNK_SEGMENTS, grid.segmentCount, ...maxLengths);
  const first = segmentRange(0, firstLength, cuts);
  const firstChunks = [
    ...(lowest ? [chunk(`video 0 ${lowest.id}`, "first-video", first, [lowest])] : []),
    ...otherGroups.map((group, index) => {
      const name = index === 0 ? "video 0 others" : `video 0 others ${index + 1}`;
      return chunk(name, "other-renditions", first, group);
    }),
  ];
  const laterChunks = cutChunks(source, grid, encoded, settings, firstLength, cuts).map(
    ({ renditions: group, ...range }, index) =>
      chunk(`video ${index + 1}`, "later-video", range, group),
  );
  if (copy === undefined) return [...firstChunks, ...laterChunks];
  let next = firstLength;
  const copies = copyLengths(grid, copy, firstLength).map((length, index) => {
    const range = segmentRange(next, length, cuts);
    next += length;
    return chunk(`video copy ${index + 1}`, "other-renditions", range, [copy]);
  });
  return [
    // The copied rendition comes at once.
    chunk("video copy 0", "first-video", first, [copy]),
    ...firstChunks,
    ...copies,
    ...laterChunks,
  ];
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
  const streams = source.captions.slice(0, MAX_CAPTION_TRACKS).map((stream, position) => ({
    index: stream.index,
    language: stream.language ?? "und",
    name: captionName(stream, position),
    isForced: stream.isForced,
    ...(stream.kind === undefined ? {} : { kind: stream.kind }),
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
 * Plans all tasks of a source. A pure function: the same source always gives the same tasks. If the top rendition is a
 * copy, the others are cut at the same keyframes, so that players can switch between them. A second codec, to which
 * players do not switch, keeps segments of equal length.
 * @param ladder lowest rendition first
 * @param codecs of the renditions that are added when the video is ready
 */
export function planTasks(
  source: SourceInfo,
  plainGrid: Grid,
  ladder: VideoRendition[],
  settings: PlanSettings,
  codecs: ExtraCodecs = {},
  copies: Copies = {},
): Plan {
  const { limits } = settings;
  const { copy, cuts } = copies;
  const audio = audioRenditions(source, copies.isAudioCopyable);
  const encoded = copy === undefined ? ladder : ladder.slice(0, -1);
  const keyGrid = cuts === undefined ? plainGrid : cutGrid(plainGrid, cuts);
  const grid =
    cuts === undefined
      ? plainGrid
      : {
          ...divideFrames(
            plainGrid.frameRate,
            cuts.at(-1) ?? plainGrid.totalFrames,
            settings.segmentSeconds,
          ),
          longestSegment: keyGrid.framesPerSegment,
        };
  const extras = planExtras({ source, grid, ladder, audio, codecs, settings });
  const video = copy === undefined ? encoded : [...encoded, copy];
  return {
    source,
    grid,
    renditions: [...video, ...audio, ...extras.renditions],
    tasks: [
      ...videoTasks(
        source,
        { ...keyGrid, totalFrames: grid.totalFrames },
        encoded,
        settings,
        copies,
      ),
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
