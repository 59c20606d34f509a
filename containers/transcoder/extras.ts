import type {
  AudioRendition,
  Grid,
  PlannedTask,
  PlanSettings,
  SourceInfo,
  VideoRendition,
} from "../../workers/contract/transcode.ts";

type SecondCodec = "av1" | "vp9";

/** After `ready`: renditions first, what is made of them a stage later. */
const STAGE = { renditions: 3, results: 4 };
const PRIORITY = { download: 200, video: 300, audio: 400 };
/** Constant quality, on each encoder's own scale, that looks like H.264 at 24; and the bits it may take against H.264. */
const QUALITY = { av1: { crf: 36, share: 0.6 }, vp9: { crf: 35, share: 0.7 } } as const;

/** Which second codec a deployment gets from its setting and this build; AV1 only where its encoder is fast enough. */
export const secondCodec = (
  setting: PlanSettings["secondCodec"],
  encoders: ReadonlySet<string>,
): SecondCodec | undefined => {
  if (setting === "none") return undefined;
  if (setting !== "vp9" && encoders.has("libsvtav1")) return "av1";
  return encoders.has("libvpx-vp9") ? "vp9" : undefined;
};

/** The H.264 ladder again in a codec that needs fewer bits. */
const secondLadder = (ladder: readonly VideoRendition[], codec: SecondCodec): VideoRendition[] =>
  ladder.map((rendition) => {
    const maxrate = Math.round(rendition.maxrate * QUALITY[codec].share);
    const id = rendition.id.replace("h264", codec);
    return { ...rendition, id, codec, crf: QUALITY[codec].crf, maxrate, bufsize: maxrate * 2 };
  });

/** WebM takes no AAC. */
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
  audioTask: (rendition: AudioRendition) => PlannedTask["spec"];
  codec: SecondCodec | undefined;
  settings: PlanSettings;
};

/**
 * What is made after the film is ready: a second codec, and files to download, stitched from finished segments. A
 * WebM file needs the second codec.
 */
export const planExtras = ({
  source,
  grid,
  ladder,
  audio,
  chunks,
  audioTask,
  codec,
  settings,
}: ExtrasInput): Extras => {
  const { limits } = settings;
  const track = audio.find(({ isDefault }) => isDefault);
  const top = ladder.at(-1);
  const second = codec === undefined ? [] : secondLadder(ladder, codec);
  const opus =
    codec === undefined || !settings.downloads || track === undefined ? undefined : opusOf(track);

  let firstSegment = 0;
  const video = (second.length === 0 ? [] : chunks).map((segmentCount, index): PlannedTask => {
    const spec = {
      kind: "video" as const,
      source,
      grid,
      firstSegment,
      segmentCount,
      renditions: second,
      limits,
    };
    firstSegment += segmentCount;
    return {
      name: `video ${codec} ${index}`,
      stage: STAGE.renditions,
      priority: PRIORITY.video + index,
      spec,
    };
  });
  const sound: PlannedTask[] =
    opus === undefined
      ? []
      : [
          {
            name: "audio opus",
            stage: STAGE.renditions,
            priority: PRIORITY.audio,
            spec: audioTask(opus),
          },
        ];
  const again: PlannedTask[] =
    second.length === 0
      ? []
      : [{ name: "finish extras", stage: STAGE.results, priority: 0, spec: { kind: "finish" } }];

  const download = (
    format: "mp4" | "webm" | "m4a",
    stage: number,
    parts: readonly ({ id: string } | undefined)[],
  ): PlannedTask[] => {
    const renditions = parts.flatMap((part) => (part === undefined ? [] : [part.id]));
    if (!settings.downloads || renditions.length === 0) return [];
    const spec = { kind: "download" as const, format, title: "", renditions, limits };
    return [{ name: `download ${format}`, stage, priority: PRIORITY.download, spec }];
  };
  return {
    renditions: [...second, ...(opus === undefined ? [] : [opus])],
    tasks: [
      ...download("mp4", STAGE.renditions, [top, track]),
      ...download("m4a", STAGE.renditions, [track]),
      ...video,
      ...sound,
      ...again,
      ...(second.length === 0 ? [] : download("webm", STAGE.results, [second.at(-1), opus])),
    ],
  };
};
