import type {
  AudioRendition,
  Grid,
  PlannedTask,
  PlanSettings,
  SourceInfo,
  VideoRendition,
} from "../../workers/contract/transcode.ts";

type Codec = "av1" | "vp9";

/** After `ready`: the renditions, and a stage later the playlists that list them. */
const STAGE = { renditions: 3, finish: 4 };
const PRIORITY = 300;
/** Processor time against H.264, measured with one thread: 0.7 s, 5.1 s (VP9) and 5.3 s (AV1) for 3 s of 480p. */
export const SECOND_CODEC_COST = 8;
/** Larger rungs stay H.264 alone: a segment of them would take a slow core longer than a task may run. */
const MAX_PIXELS = 2560 * 1440;
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

/** Which second codec a deployment gets from its setting and this build; AV1 only where its encoder is fast enough. */
export const secondCodec = (
  setting: PlanSettings["secondCodec"],
  encoders: ReadonlySet<string>,
): Codec | undefined => {
  if (setting === "none") return undefined;
  if (setting === "av1" && encoders.has("libsvtav1")) return "av1";
  return encoders.has("libvpx-vp9") ? "vp9" : undefined;
};

/** The H.264 ladder again, in another codec at the same quality. */
const secondLadder = (ladder: readonly VideoRendition[], codec: Codec): VideoRendition[] => {
  const { base, step, worst, share } = QUALITY[codec];
  const affordable = ladder.filter(({ width, height }) => width * height <= MAX_PIXELS);
  return affordable.map((rendition) => {
    const maxrate = Math.round(rendition.maxrate * share);
    const id = rendition.id.replace("h264", codec);
    const crf = Math.min(worst, Math.round(base + step * (rendition.crf - H264_BASE)));
    return { ...rendition, id, codec, crf, maxrate, bufsize: maxrate * 2 };
  });
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
  /** Lengths of the second codec's chunks, in segments. */
  chunks: readonly number[];
  codec: Codec | undefined;
  settings: PlanSettings;
};

/** What is made after the film is ready: its ladder in a second codec, published in playlists of their own number. */
export const planExtras = ({
  source,
  grid,
  ladder,
  audio,
  chunks,
  codec,
  settings: { limits },
}: ExtrasInput): Extras => {
  if (codec === undefined) return { renditions: [], tasks: [] };
  const renditions = secondLadder(ladder, codec);
  let firstSegment = 0;
  const video = chunks.map((segmentCount, index): PlannedTask => {
    const spec = {
      kind: "video" as const,
      source,
      grid,
      firstSegment,
      segmentCount,
      renditions,
      limits,
    };
    firstSegment += segmentCount;
    return {
      name: `video ${codec} ${index}`,
      stage: STAGE.renditions,
      priority: PRIORITY + index,
      spec,
    };
  });
  return {
    renditions: [...renditions, ...audio.filter(({ isDefault }) => isDefault).map(opusOf)],
    tasks: [
      ...video,
      { name: "finish extras", stage: STAGE.finish, priority: 0, spec: { kind: "finish" } },
    ],
  };
};
