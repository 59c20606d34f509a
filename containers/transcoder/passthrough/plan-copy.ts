import type { CopyRefusal, Notice } from "../../../workers/contract/notices.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type {
  AudioRendition,
  Grid,
  PlanSettings,
  VideoRendition,
} from "../../../workers/contract/transcodes.ts";
import { type Complexity, expectedRate } from "../plan/complexity.ts";
import type { DetailedComplexity } from "../plan/sample-complexity.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { peekInput, type TaskRun } from "../runtime/task-run.ts";
import { type Mp4Track, readMp4Index } from "./mp4-index.ts";
import { isWebReadyAudio } from "./web-ready-audio.ts";
import { judgeVideo, startsWithIdr, type VideoCopy } from "./web-ready-video.ts";

/** A source may have this many times the bits of an encode: bits are cheaper than a second generation. */
export const MAX_BITRATE_RATIO = 1.3;
/** Enough for the detail of most videos, and few enough for viewers to wait for. */
const SAMPLED_PIXELS = 1920 * 1080;
/** Bytes of a keyframe that are read to find its picture type: parameter sets and messages may precede it. */
const KEY_FRAME_HEAD_BYTES = 4096;

/** The tracks of a source that may be copied, apart from bitrate and loudness. */
export interface Candidates {
  video: VideoCopy | CopyRefusal;
  /** Whether the checked cuts start with IDR pictures. */
  hasIdrs: Promise<boolean>;
  /** Whether an audio rendition of the given bitrate may be a copy. */
  isAudioCopyable: (rendition: AudioRendition) => boolean;
}

/** Checks some of the cuts: the first ones, one in the middle, and the last one. */
async function haveIdrs(run: TaskRun, track: Mp4Track, cuts: readonly number[]): Promise<boolean> {
  const starts = cuts.slice(0, -1);
  const looked = new Set([0, 1, starts.length >> 1, starts.length - 1]);
  const found = await Promise.all(
    starts
      .filter((_, index) => looked.has(index))
      .map(async (frame) => {
        const length = Math.min(KEY_FRAME_HEAD_BYTES, track.samples.sizes[frame] ?? 0);
        const offset = track.samples.offsets[frame] ?? 0;
        return startsWithIdr(track, (await peekInput(run, "source", length, offset)).bytes);
      }),
  );
  return found.every(Boolean);
}

/** Reads a source's index and decides which tracks may be copied. */
export async function findCandidates(
  run: TaskRun,
  source: SourceInfo,
  grid: Grid,
  settings: PlanSettings,
): Promise<Candidates> {
  const none = (refusal: CopyRefusal): Candidates => ({
    video: refusal,
    hasIdrs: Promise.resolve(false),
    isAudioCopyable: () => false,
  });
  if (settings.alwaysEncode) return none("chosen");
  if (source.demuxer !== "mov") return none(source.video.codec === "h264" ? "container" : "codec");
  const streams = [source.video.index, ...source.audio.map(({ index }) => index)];
  const [track, ...audioTracks] = (await readMp4Index(run, streams)) ?? [];
  const video = judgeVideo(track, source, grid, settings.segmentSeconds);
  if (track === undefined || typeof video === "string") return none(video as CopyRefusal);
  const hasIdrs = haveIdrs(run, track, video.cuts);
  // It is awaited with the sample.
  hasIdrs.catch(() => undefined);
  const duration = (video.cuts.at(-1) ?? 0) / rateOf(grid.frameRate);
  return {
    video,
    hasIdrs,
    isAudioCopyable: ({ streamIndex, bitrate }) => {
      const position = source.audio.findIndex(({ index }) => index === streamIndex);
      const stream = source.audio[position];
      const limit = bitrate * MAX_BITRATE_RATIO;
      return (
        stream !== undefined &&
        isWebReadyAudio(track, audioTracks[position], stream, source, duration, limit)
      );
    },
  };
}

/** What happens to the video track. */
export interface VideoChoice {
  /** The top rendition, if it is a copy. */
  copy?: VideoRendition;
  cuts?: number[];
  /** How many bits the video needs, if it is copied. */
  complexity?: Complexity;
  notices: Notice[];
}

/**
 * Decides whether the top rendition is a copy: the source may not have many more bits than an encode would have.
 * @param ladder of the source, lowest rendition first
 * @param sample measures the complexity, optionally also with larger frames up to a number of pixels
 */
export async function chooseVideo(
  { video, hasIdrs }: Pick<Candidates, "video" | "hasIdrs">,
  source: SourceInfo,
  ladder: readonly VideoRendition[],
  sample: (maxPixels: number) => Promise<DetailedComplexity>,
): Promise<VideoChoice> {
  const top = ladder.at(-1);
  const { width, height } = source.video;
  const pixels = width * height;
  function refused(reason: CopyRefusal): VideoChoice {
    return { notices: [{ code: "video_encoded", track: "", reason }] };
  }
  if (typeof video === "string") return refused(video);
  if (top === undefined) return refused("shape");
  const { bitrate } = video;
  const hasTooManyBits = ({ large }: DetailedComplexity): boolean =>
    bitrate > MAX_BITRATE_RATIO * expectedRate(large, pixels, top.frameRate, top.crf);
  if (bitrate > MAX_BITRATE_RATIO * top.maxrate) return refused("bitrate");
  const [sampled, isCut] = await Promise.all([sample(SAMPLED_PIXELS), hasIdrs]);
  if (!isCut) return refused("key_frames");
  let complexity = sampled;
  if (hasTooManyBits(complexity) && pixels > SAMPLED_PIXELS) complexity = await sample(pixels);
  if (hasTooManyBits(complexity)) return refused("bitrate");
  const shortSide = Math.min(width, height);
  const { cuts, peak } = video;
  return {
    copy: {
      ...top,
      id: `h264-${shortSide}`,
      width,
      height,
      pixelAspect: { num: 1, den: 1 },
      maxrate: peak,
      bufsize: peak * 2,
      isCopy: true,
    },
    cuts,
    complexity: complexity.small,
    notices: [{ code: "video_copied", track: `${shortSide}p` }],
  };
}
