import { audioSpecs } from "./tasks/audio-specs.ts";
import { cutChunks } from "./tasks/chunks.ts";
import type { Stage } from "../contract/task-order.ts";
import type {
  AudioRendition,
  DownloadFormat,
  Plan,
  PlannedTask,
  PlanSettings,
  Rendition,
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
 * The tasks that make the files to download, stitched from finished segments. The WebM file uses the second codec where
 * the deployment has one; otherwise a VP9 rendition is encoded for it, as is its Opus audio.
 */
export function downloadTasks(plan: Plan, title: string, settings: PlanSettings): PlannedTask[] {
  const { limits } = settings;
  const videos = plan.renditions.filter((rendition) => rendition.type === "video");
  const tracks = plan.renditions.filter((rendition) => rendition.type === "audio");
  const defaultTrack = (codec: AudioRendition["codec"]) =>
    tracks.find((track) => track.codec === codec && track.isDefault);
  const h264 = videos.findLast(({ codec }) => codec === "h264");
  const second = videos.findLast(({ codec }) => codec !== "h264");
  const [aac, opus] = [defaultTrack("aac"), defaultTrack("opus")];
  const webmVideo = second?.isDownloadOnly ? webmVideoTasks(plan, second, settings) : [];

  function stitch(
    format: DownloadFormat,
    stage: Stage,
    ...renditions: (Rendition | undefined)[]
  ): PlannedTask {
    return {
      name: `download ${format}`,
      stage,
      priority: "downloads",
      spec: {
        kind: "download",
        format,
        title,
        renditions: renditions.flatMap((rendition) => rendition?.id ?? []),
        limits,
      },
    };
  }
  return [
    stitch("mp4", "extras", h264, aac),
    ...(aac ? [stitch("m4a", "extras", aac)] : []),
    ...webmVideo,
    ...(opus ? opusTasks(plan, opus, settings) : []),
    ...(second ? [stitch("webm", "publish-extras", second, opus)] : []),
    // Moves the record of the WebM segments from D1 into the published index.
    ...(webmVideo.length > 0 ? [FINISH_WEBM] : []),
  ];
}

const FINISH_WEBM: PlannedTask = {
  name: "finish webm",
  stage: "publish-downloads",
  priority: "blocking",
  spec: { kind: "finish" },
};

function webmVideoTasks(
  { source, grid }: Plan,
  rendition: VideoRendition,
  settings: PlanSettings,
): PlannedTask[] {
  return cutChunks(source, grid, [rendition], settings).map((chunk, index) => ({
    name: `video ${rendition.codec} ${index}`,
    stage: "extras",
    priority: "download-renditions",
    spec: { kind: "video", source, grid, ...chunk, limits: settings.limits },
  }));
}

function opusTasks(
  { source, grid }: Plan,
  rendition: AudioRendition,
  settings: PlanSettings,
): PlannedTask[] {
  return audioSpecs(source, grid, rendition, settings).map((spec, part) => ({
    name: part === 0 ? "audio opus" : `audio opus part ${part + 1}`,
    stage: "extras",
    priority: "download-renditions",
    spec,
  }));
}
