import { cutChunks, MAX_CHUNK_WORK, segmentWork } from "../../workers/contract/chunks.ts";
import type { SourceInfo } from "../../workers/contract/source.ts";
import type {
  AudioRendition,
  Grid,
  PlannedTask,
  PlanSettings,
  VideoRendition,
} from "../../workers/contract/transcode.ts";

type Codec = "av1" | "vp9";

/** After `ready`: the renditions, and a stage later the playlists that list them. */
const STAGE = { renditions: 3, finish: 4 };
const PRIORITY = 300;
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
  return ladder.map((rendition) => {
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
  codec: Codec | undefined;
  settings: PlanSettings;
};

/** What is made after the film is ready: its ladder in a second codec, published in playlists of their own number. */
export const planExtras = ({
  source,
  grid,
  ladder,
  audio,
  codec,
  settings: { limits, parallelism },
}: ExtrasInput): Extras => {
  if (codec === undefined) return { renditions: [], tasks: [] };
  // Of the largest rungs a segment would take a slow core longer than a task may run: they stay H.264 alone.
  const renditions = secondLadder(ladder, codec).filter(
    (rung) => segmentWork(source, grid, [rung]) <= MAX_CHUNK_WORK,
  );
  const video = cutChunks(source, grid, renditions, parallelism).map(
    (chunk, index): PlannedTask => ({
      name: `video ${codec} ${index}`,
      stage: STAGE.renditions,
      priority: PRIORITY + index,
      spec: { kind: "video", source, grid, ...chunk, limits },
    }),
  );
  return {
    renditions: [...renditions, ...audio.filter(({ isDefault }) => isDefault).map(opusOf)],
    tasks: [
      ...video,
      { name: "finish extras", stage: STAGE.finish, priority: 0, spec: { kind: "finish" } },
    ],
  };
};
