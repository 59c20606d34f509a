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
/** Constant quality, on each encoder's own scale, that looks like H.264 at 24; and the bits it may take against H.264. */
const QUALITY = { av1: { crf: 36, share: 0.6 }, vp9: { crf: 35, share: 0.7 } } as const;

/** Which second codec a deployment gets from its setting and this build; AV1 only where its encoder is fast enough. */
export const secondCodec = (
  setting: PlanSettings["secondCodec"],
  encoders: ReadonlySet<string>,
): Codec | undefined => {
  if (setting === "none") return undefined;
  if (setting === "av1" && encoders.has("libsvtav1")) return "av1";
  return encoders.has("libvpx-vp9") ? "vp9" : undefined;
};

/** The H.264 ladder again in a codec that needs fewer bits. */
const secondLadder = (ladder: readonly VideoRendition[], codec: Codec): VideoRendition[] =>
  ladder.map((rendition) => {
    const maxrate = Math.round(rendition.maxrate * QUALITY[codec].share);
    const id = rendition.id.replace("h264", codec);
    return { ...rendition, id, codec, crf: QUALITY[codec].crf, maxrate, bufsize: maxrate * 2 };
  });

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
