import { cutChunks, MAX_CHUNK_WORK, segmentWork } from "../../../workers/domain/chunks.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type {
  AudioRendition,
  Grid,
  PlannedTask,
  PlanSettings,
  VideoRendition,
} from "../../../workers/contract/transcode.ts";

type Codec = "av1" | "vp9";

/** The short side of a picture that is encoded for WebM files alone: larger ones cost more than the file is worth. */
const WEBM_SHORT = 720;
/**
 * Constant quality on each encoder's own scale: where it looks like H.264 at 24, how many of its steps are worth one
 * of H.264's, the worst it is used at, and the bits it may take against H.264. Found by SSIM on three clips at 480
 * lines, at the presets of video-args.ts.
 */
const QUALITY = {
  av1: { base: 46, step: 2.2, worst: 60, share: 0.6 },
  vp9: { base: 41, step: 2.4, worst: 58, share: 0.9 },
} as const;
const H264_BASE = 24;

export type ExtraCodecs = {
  /** Streamed beside H.264. */
  second?: Codec;
  /** Of WebM files, where nothing but H.264 is streamed. */
  webm?: "vp9";
};

/** Which codecs a deployment gets from its setting and this build; AV1 only where its encoder is fast enough. */
export const extraCodecs = (
  setting: PlanSettings["secondCodec"],
  encoders: ReadonlySet<string>,
): ExtraCodecs => {
  if (setting === "av1" && encoders.has("libsvtav1")) return { second: "av1" };
  if (!encoders.has("libvpx-vp9")) return {};
  return setting === "none" ? { webm: "vp9" } : { second: "vp9" };
};

/** An H.264 rung in another codec at the same quality. */
const inCodec = (rendition: VideoRendition, codec: Codec): VideoRendition => {
  const { base, step, worst, share } = QUALITY[codec];
  const maxrate = Math.round(rendition.maxrate * share);
  const id = rendition.id.replace("h264", codec);
  const crf = Math.min(worst, Math.round(base + step * (rendition.crf - H264_BASE)));
  return { ...rendition, id, codec, crf, maxrate, bufsize: maxrate * 2 };
};

/** The picture of WebM files where no second codec is streamed, at the quality of the ladder's top. */
const webmPicture = (ladder: readonly VideoRendition[], codec: Codec): VideoRendition[] => {
  const [lowest, top] = [ladder.at(0), ladder.at(-1)];
  if (lowest === undefined || top === undefined) return [];
  const rung =
    ladder.findLast(({ width, height }) => Math.min(width, height) <= WEBM_SHORT) ?? lowest;
  return [{ ...inCodec({ ...rung, crf: top.crf }, codec), isDownloadOnly: true }];
};

/** WebM takes no AAC. It is encoded only when the creator offers downloads. */
const opusOf = (track: AudioRendition): AudioRendition => ({
  ...track,
  id: track.id.replace("audio", "opus"),
  codec: "opus",
  bitrate: Math.round(track.bitrate * 0.75),
});

export type Extras = { renditions: (VideoRendition | AudioRendition)[]; tasks: PlannedTask[] };

export type ExtrasInput = {
  source: SourceInfo;
  grid: Grid;
  /** The H.264 ladder, lowest rung first. */
  ladder: readonly VideoRendition[];
  audio: readonly AudioRendition[];
  codecs: ExtraCodecs;
  settings: PlanSettings;
};

/**
 * What is made after the film is ready: its ladder in a second codec, published in playlists of their own number. Files
 * to download are the creator's choice (workers/domain/downloads.ts): here only what they would be made of.
 */
export const planExtras = ({
  source,
  grid,
  ladder,
  audio,
  codecs: { second, webm },
  settings: { limits, parallelism },
}: ExtrasInput): Extras => {
  const opus = audio.filter(({ isDefault }) => isDefault).map(opusOf);
  // Of the largest rungs a segment would take a slow core longer than a task may run: they stay H.264 alone.
  const inTime = (rung: VideoRendition) => segmentWork(source, grid, [rung]) <= MAX_CHUNK_WORK;
  if (second === undefined) {
    const picture = webm === undefined ? [] : webmPicture(ladder, webm).filter(inTime);
    return { renditions: picture.length > 0 ? [...picture, ...opus] : [], tasks: [] };
  }
  const renditions = ladder.map((rung) => inCodec(rung, second)).filter(inTime);
  const video = cutChunks(source, grid, renditions, parallelism).map(
    (chunk, index): PlannedTask => ({
      name: `video ${second} ${index}`,
      stage: "extras",
      priority: "second-codec",
      spec: { kind: "video", source, grid, ...chunk, limits },
    }),
  );
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
};
