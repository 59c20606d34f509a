import {
  cutChunks,
  MAX_CHUNK_WORK_SECONDS,
  segmentWork,
} from "../../../workers/domain/tasks/chunks.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type {
  AudioRendition,
  Grid,
  PlannedTask,
  PlanSettings,
  VideoRendition,
} from "../../../workers/contract/transcodes.ts";

/** Sample rate of every encoded audio rendition. */
export const AUDIO_SAMPLE_RATE = 48_000;

type Codec = "av1" | "vp9";

/**
 * Maximum short side of a rendition that is encoded only for WebM downloads: larger ones are not worth the time.
 */
const MAX_WEBM_SHORT_SIDE = 720;
/**
 * Constant quality on each encoder's own scale: the CRF that looks like H.264 at 24, its steps per step of H.264, the
 * highest CRF in use, and the maximum bitrate relative to H.264. Measured by SSIM on three videos at 480p, with the
 * presets of video/video-args.ts.
 */
const QUALITY = {
  av1: { crf: 46, stepsPerH264Step: 2.2, maxCrf: 60, bitrateRatio: 0.6 },
  vp9: { crf: 41, stepsPerH264Step: 2.4, maxCrf: 58, bitrateRatio: 0.9 },
} as const;
const H264_REFERENCE_CRF = 24;
const OPUS_BITRATE_RATIO = 0.75;

export interface ExtraCodecs {
  /** Streamed in addition to H.264. */
  second?: Codec;
  /** For WebM downloads, if only H.264 is streamed. */
  webm?: "vp9";
}

/**
 * The codecs that follow from a deployment's setting and this build of ffmpeg. AV1 requires SVT-AV1, the only fast
 * encoder.
 */
export function extraCodecs(
  setting: PlanSettings["secondCodec"],
  encoders: ReadonlySet<string>,
): ExtraCodecs {
  if (setting === "av1" && encoders.has("libsvtav1")) return { second: "av1" };
  if (!encoders.has("libvpx-vp9")) return {};
  return setting === "none" ? { webm: "vp9" } : { second: "vp9" };
}

/** An H.264 rendition in another codec at the same quality. */
function inCodec(rendition: VideoRendition, codec: Codec): VideoRendition {
  const quality = QUALITY[codec];
  const maxrate = Math.round(rendition.maxrate * quality.bitrateRatio);
  const id = rendition.id.replace("h264", codec);
  const steps = quality.stepsPerH264Step * (rendition.crf - H264_REFERENCE_CRF);
  const crf = Math.min(quality.maxCrf, Math.round(quality.crf + steps));
  return { ...rendition, id, codec, crf, maxrate, bufsize: maxrate * 2 };
}

/** The rendition for WebM downloads if no second codec is streamed, at the quality of the ladder's top. */
function webmRenditions(ladder: readonly VideoRendition[], codec: Codec): VideoRendition[] {
  const [lowest, top] = [ladder.at(0), ladder.at(-1)];
  if (lowest === undefined || top === undefined) return [];
  const rendition =
    ladder.findLast(({ width, height }) => Math.min(width, height) <= MAX_WEBM_SHORT_SIDE) ??
    lowest;
  return [{ ...inCodec({ ...rendition, crf: top.crf }, codec), isDownloadOnly: true }];
}

/** WebM does not support AAC. Encoded only if the creator offers downloads. */
function opusOf(track: AudioRendition): AudioRendition {
  const { isCopyable: _, ...encoded } = track;
  return {
    ...encoded,
    id: track.id.replace("audio", "opus"),
    codec: "opus",
    // libopus takes no 44.1 kHz.
    sampleRate: AUDIO_SAMPLE_RATE,
    bitrate: Math.round(track.bitrate * OPUS_BITRATE_RATIO),
  };
}

export interface Extras {
  renditions: (VideoRendition | AudioRendition)[];
  tasks: PlannedTask[];
}

export interface ExtrasInput {
  source: SourceInfo;
  grid: Grid;
  /** The H.264 ladder, lowest rendition first. */
  ladder: readonly VideoRendition[];
  audio: readonly AudioRendition[];
  codecs: ExtraCodecs;
  settings: PlanSettings;
}

/**
 * Plans the renditions that are added once the video is ready: its ladder in a second codec, published as a new set of
 * playlists. Downloads are the creator's choice (workers/domain/downloads.ts); only their renditions are defined here.
 */
export function planExtras({
  source,
  grid,
  ladder,
  audio,
  codecs: { second, webm },
  settings,
}: ExtrasInput): Extras {
  const opus = audio.filter(({ isDefault }) => isDefault).map(opusOf);
  // The largest renditions may stay H.264 only: a single segment would exceed a task's time on a slow core.
  function fitsInTask(rendition: VideoRendition) {
    return segmentWork(source, grid, [rendition]) <= MAX_CHUNK_WORK_SECONDS;
  }
  if (second === undefined) {
    const video = webm === undefined ? [] : webmRenditions(ladder, webm).filter(fitsInTask);
    return { renditions: video.length > 0 ? [...video, ...opus] : [], tasks: [] };
  }
  const renditions = ladder.map((rendition) => inCodec(rendition, second)).filter(fitsInTask);
  const video = cutChunks(source, grid, renditions, settings).map((chunk, index): PlannedTask => ({
    name: `video ${second} ${index}`,
    stage: "extras",
    priority: "second-codec",
    spec: { kind: "video", source, grid, ...chunk, limits: settings.limits },
  }));
  return {
    renditions: [...renditions, ...opus],
    tasks: [
      ...video,
      {
        name: "finish extras",
        stage: "publish-extras",
        priority: "blocking",
        spec: { kind: "finish" },
      },
    ],
  };
}
