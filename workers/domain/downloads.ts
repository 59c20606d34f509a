import { audioSpecs } from "./audio-specs.ts";
import { cutChunks } from "./chunks.ts";
import type {
  AudioRendition,
  DownloadFormat,
  Plan,
  PlannedTask,
  PlanSettings,
  Rendition,
  Stage,
  VideoRendition,
} from "../contract/transcodes.ts";

/**
 * True for renditions that no playlist lists: Opus, because WebM takes no AAC, and the VP9 video of a deployment without
 * a second codec.
 */
export function isDownloadOnly(rendition: Rendition): boolean {
  return rendition.type === "audio"
    ? rendition.codec === "opus"
    : rendition.isDownloadOnly === true;
}

/**
 * The tasks that make a film's files to download: stitched from finished segments without another encode. A WebM film
 * takes the second codec, where the deployment has one; else a picture of its own is encoded for it, as is its Opus.
 */
export function downloadTasks(plan: Plan, title: string, settings: PlanSettings): PlannedTask[] {
  const { limits } = settings;
  const videos = plan.renditions.filter((rendition) => rendition.type === "video");
  const sounds = plan.renditions.filter((rendition) => rendition.type === "audio");
  const sound = (codec: AudioRendition["codec"]) =>
    sounds.find((track) => track.codec === codec && track.isDefault);
  const [film, second] = [
    videos.findLast(({ codec }) => codec === "h264"),
    videos.findLast(({ codec }) => codec !== "h264"),
  ];
  const picture = second?.isDownloadOnly ? pictureTasks(plan, second, settings) : [];
  const [aac, opus] = [sound("aac"), sound("opus")];

  const stitch = (
    format: DownloadFormat,
    stage: Stage,
    ...parts: ({ id: string } | undefined)[]
  ): PlannedTask => {
    const renditions = parts.flatMap((part) => part?.id ?? []);
    const spec = { kind: "download" as const, format, title, renditions, limits };
    return { name: `download ${format}`, stage, priority: "downloads", spec };
  };
  return [
    stitch("mp4", "extras", film, aac),
    ...(aac ? [stitch("m4a", "extras", aac)] : []),
    ...picture,
    ...(opus ? opusTasks(plan, opus, settings) : []),
    ...(second ? [stitch("webm", "publish-extras", second, opus)] : []),
    // The record of its segments moves from the database into the published index.
    ...(picture.length > 0
      ? [
          {
            name: "finish webm",
            stage: "publish-downloads" as const,
            priority: "blocking" as const,
            spec: { kind: "finish" as const },
          },
        ]
      : []),
  ];
}

const pictureTasks = (
  { source, grid }: Plan,
  rendition: VideoRendition,
  { parallelism, limits }: PlanSettings,
): PlannedTask[] =>
  cutChunks(source, grid, [rendition], parallelism).map((chunk, index) => ({
    name: `video ${rendition.codec} ${index}`,
    stage: "extras",
    priority: "download-renditions",
    spec: { kind: "video", source, grid, ...chunk, limits },
  }));

const opusTasks = (
  { source, grid }: Plan,
  rendition: AudioRendition,
  settings: PlanSettings,
): PlannedTask[] =>
  audioSpecs(source, grid, rendition, settings).map((spec, part) => ({
    name: part === 0 ? "audio opus" : `audio opus part ${part + 1}`,
    stage: "extras",
    priority: "download-renditions",
    spec,
  }));
