import { WATERMARK_MARGIN } from "../../contract/edit-limits.ts";
import type { SourceInfo } from "../../contract/source.ts";
import type { FrameRange } from "../../contract/edit-parts.ts";
import type { Grid, PlannedTask, PlanSettings, VideoRendition } from "../../contract/transcodes.ts";
import type { EditRecipe, Watermark } from "../../contract/versions.ts";
import { MAX_CHUNK_WORK_SECONDS, segmentWork } from "./chunks.ts";
import { countFrames } from "../edit-timeline.ts";

/** The joined file is written to a runner's disk and stored within the time limit of a task. */
const MAX_EDITED_BYTES = 6_000_000_000;
/** Uncompressed audio in CD quality. */
const AUDIO_BITS_PER_SAMPLE = 16;
/** Enough for grain and water at the constant quality below; what needs less takes less. */
const MAX_BITS_PER_PIXEL = 0.2;
/** Below this, the edit would be visible. It is still twice what is streamed. */
const MIN_BITS_PER_PIXEL = 0.06;
/** x264's scale: hard to tell from the source, and a third of a lossless file. */
const EDIT_CRF = 15;
/** Starting a process and seeking are worth this much work on a slow core. */
const MIN_PART_WORK_SECONDS = 20;
const PARTS_PER_SLOT = 2;

const even = (pixels: number): number => Math.max(2, 2 * Math.round(pixels / 2));

/**
 * How the frames of an edited source are stored.
 * @param frames how many are kept
 * @returns null for so many that their file would be too large
 */
export function editRendition(
  { video, audio }: Pick<SourceInfo, "video" | "audio">,
  { frameRate }: Pick<Grid, "frameRate">,
  frames: number,
): VideoRendition | null {
  const [width, height] = [even(video.width), even(video.height)];
  const rate = frameRate.num / frameRate.den;
  const pixelsPerSecond = width * height * rate;
  const audioBits = audio.reduce(
    (sum, track) => sum + track.channels * track.sampleRate * AUDIO_BITS_PER_SAMPLE,
    0,
  );
  const affordable = (MAX_EDITED_BYTES * 8 * rate) / frames - audioBits;
  const maxrate = Math.floor(Math.min(pixelsPerSecond * MAX_BITS_PER_PIXEL, affordable));
  if (maxrate < pixelsPerSecond * MIN_BITS_PER_PIXEL) return null;
  return {
    type: "video",
    id: "edit",
    codec: "h264",
    width,
    height,
    pixelAspect: { num: 1, den: 1 },
    frameRate,
    crf: EDIT_CRF,
    maxrate,
    bufsize: maxrate * 2,
  };
}

/** Divides the kept ranges into parts, each rendered by one task. A part is from one range, so that it needs one seek. */
function partsOf(
  keep: readonly FrameRange[],
  frameSeconds: number,
  { parallelism }: Pick<PlanSettings, "parallelism">,
): FrameRange[] {
  const share = Math.ceil(countFrames(keep) / (parallelism * PARTS_PER_SLOT));
  const longest = Math.max(1, Math.floor(MAX_CHUNK_WORK_SECONDS / frameSeconds));
  const worthIt = Math.ceil(MIN_PART_WORK_SECONDS / frameSeconds);
  const length = Math.min(longest, Math.max(share, worthIt));
  return keep.flatMap(({ from, to }) =>
    Array.from({ length: Math.ceil((to - from) / length) }, (_, index) => ({
      from: from + index * length,
      to: Math.min(to, from + (index + 1) * length),
    })),
  );
}

function inPixels({ picture, position, size, opacity }: Watermark, rendition: VideoRendition) {
  const { width, height } = rendition;
  return {
    ...{ picture, position, opacity },
    width: even(size * width),
    margin: 2 * Math.round((Math.min(width, height) * WATERMARK_MARGIN) / 2),
  };
}

/**
 * The first tasks of an edited version: they render the kept parts and join them. The plan follows from the joined
 * file, whose frames and samples must not be copied: it has more bits than a stream may have.
 * @param settings of the deployment
 */
export function editTasks(
  source: SourceInfo,
  rendition: VideoRendition,
  keep: FrameRange[],
  settings: PlanSettings,
  { watermark, audio }: Pick<EditRecipe, "watermark" | "audio"> = {},
): PlannedTask[] {
  const frameSeconds = segmentWork(source, { framesPerSegment: 1 }, [rendition]);
  const spec = {
    kind: "edit" as const,
    source,
    rendition,
    keep,
    ...(audio && { audio }),
    ...(watermark && { watermark: inPixels(watermark, rendition) }),
    settings: { ...settings, passthrough: false },
    limits: settings.limits,
  };
  const parts = partsOf(keep, frameSeconds, settings).map((part, index): PlannedTask => ({
    name: `edit ${index}`,
    stage: "plan",
    // It is less urgent than a video that cannot be watched yet.
    priority: "later-video",
    spec: { ...spec, keep: [part], part },
  }));
  return [...parts, { name: "edit join", stage: "encode", priority: "blocking", spec }];
}
