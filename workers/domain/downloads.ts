import { audioSpecs } from "../contract/audio-specs.ts";
import type {
  AudioRendition,
  DownloadFormat,
  Limits,
  Plan,
  PlannedTask,
} from "../contract/transcode.ts";

/** After `ready`, like every extra; a WebM film is stitched when the second codec and its sound are done. */
const STAGE = { stitch: 3, opus: 3, stitchWebm: 4 };
const PRIORITY = { download: 200, opus: 400 };

/**
 * The tasks that make a film's files to download: stitched from finished segments without another encode. A WebM film
 * takes the second codec, where the deployment has one, and Opus, which is encoded for it alone.
 */
export function downloadTasks(
  plan: Plan,
  title: string,
  settings: { loudness: boolean; limits: Limits },
): PlannedTask[] {
  const { limits } = settings;
  const videos = plan.renditions.filter((rendition) => rendition.type === "video");
  const sounds = plan.renditions.filter((rendition) => rendition.type === "audio");
  const sound = (codec: AudioRendition["codec"]) =>
    sounds.find((track) => track.codec === codec && track.isDefault);
  const [film, second] = [
    videos.findLast(({ codec }) => codec === "h264"),
    videos.findLast(({ codec }) => codec !== "h264"),
  ];
  const [aac, opus] = [sound("aac"), sound("opus")];

  const stitch = (
    format: DownloadFormat,
    stage: number,
    ...parts: ({ id: string } | undefined)[]
  ): PlannedTask => {
    const renditions = parts.flatMap((part) => part?.id ?? []);
    const spec = { kind: "download" as const, format, title, renditions, limits };
    return { name: `download ${format}`, stage, priority: PRIORITY.download, spec };
  };
  return [
    stitch("mp4", STAGE.stitch, film, aac),
    ...(aac ? [stitch("m4a", STAGE.stitch, aac)] : []),
    ...(opus ? opusTasks(plan, opus, settings) : []),
    ...(second ? [stitch("webm", STAGE.stitchWebm, second, opus)] : []),
  ];
}

const opusTasks = (
  { source, grid }: Plan,
  rendition: AudioRendition,
  settings: { loudness: boolean; limits: Limits },
): PlannedTask[] =>
  audioSpecs(source, grid, rendition, settings).map((spec, part) => ({
    name: part === 0 ? "audio opus" : `audio opus part ${part + 1}`,
    stage: STAGE.opus,
    priority: PRIORITY.opus,
    spec,
  }));
