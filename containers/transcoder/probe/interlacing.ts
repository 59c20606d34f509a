import type { SourceInfo, VideoStream } from "../../../workers/contract/source.ts";
import { inputUrl, runFfmpeg, type TaskRun } from "../runtime/task-run.ts";
import { rateOf } from "./frame-rate.ts";
import { seekToKeyframe, videoInput } from "./source-input.ts";

/** Interlaced formats end at 1080 lines and, in frames rather than fields, at 30 per second. */
const MAX_INTERLACED_HEIGHT = 1152;
const MAX_INTERLACED_RATE = 31;
/** Codecs that store whole frames only. */
const PROGRESSIVE_CODECS = ["vp8", "vp9", "av1", "vvc", "gif", "apng", "webp", "png", "theora"];
const WINDOWS = 3;
const FRAMES_PER_WINDOW = 40;
/** Frames that must be recognized before the header is overruled. */
const MIN_RECOGNIZED_FRAMES = 10;
/** Telecine has two interlaced frames in five. */
const MIN_INTERLACED_SHARE = 0.2;
/** One field order must be this many times as frequent as the other: fine patterns look like either. */
const MIN_ORDER_RATIO = 4;

type Interlacing = Pick<VideoStream, "interlaced" | "fieldOrder">;

/** Numbers of frames by how ffmpeg's `idet` classifies them. */
export interface FrameCounts {
  tff: number;
  bff: number;
  progressive: number;
}

/**
 * Whether a video is interlaced. Only a video whose header or frames claim it can be: fine moving patterns look
 * interlaced to `idet`. If its frames look progressive, the claim is wrong.
 */
export function interlacingOf(
  claimed: boolean,
  { tff, bff, progressive }: FrameCounts,
): Interlacing {
  const interlaced = tff + bff;
  const recognized = interlaced + progressive;
  if (!claimed || recognized < MIN_RECOGNIZED_FRAMES) return { interlaced: claimed };
  if (interlaced < recognized * MIN_INTERLACED_SHARE) return { interlaced: false };
  const [more, less] = [Math.max(tff, bff), Math.min(tff, bff)];
  return more < less * MIN_ORDER_RATIO
    ? { interlaced: true }
    : { interlaced: true, fieldOrder: tff > bff ? "tff" : "bff" };
}

interface Window extends FrameCounts {
  /** Whether any frame is flagged as interlaced. */
  flagged: boolean;
}

async function countWindow(
  run: TaskRun,
  source: SourceInfo,
  start: number,
  frames: number,
): Promise<Window> {
  const { stderr } = await runFfmpeg(
    run,
    [
      ...["-nostats", "-threads", String(run.threads)],
      ...videoInput(
        inputUrl(run, "source"),
        source,
        run.capabilities,
        seekToKeyframe(start, source.demuxer),
      ),
      ...["-map", `0:${source.video.index}`, "-frames:v", String(frames)],
      ...["-vf", "showinfo,idet", "-f", "null", "-"],
    ],
    { level: "info" },
  );
  // ffmpeg 7 prints a line of zeros for a filter graph that it only tried.
  const found = [
    ...stderr.matchAll(/Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)/g),
  ].at(-1);
  const [tff = 0, bff = 0, progressive = 0] = (found ?? []).slice(1).map(Number);
  return { tff, bff, progressive, flagged: / i:[TB] /.test(stderr) };
}

/** Examines frames from across a video, because headers omit interlacing or claim it wrongly. */
export async function judgeInterlacing(run: TaskRun, source: SourceInfo): Promise<Interlacing> {
  const { video, duration } = source;
  const cannotBe =
    video.codedHeight > MAX_INTERLACED_HEIGHT ||
    rateOf(video.frameRate) > MAX_INTERLACED_RATE ||
    PROGRESSIVE_CODECS.includes(video.codec);
  if (cannotBe || !run.capabilities.filters.has("idet")) return { interlaced: video.interlaced };
  const length = Math.min(duration, video.endTime);
  const most = WINDOWS * FRAMES_PER_WINDOW;
  // The windows of a short video would overlap, so it has a single one for all of its frames.
  const count = length * rateOf(video.frameRate) <= most ? 1 : WINDOWS;
  const windows = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      countWindow(run, source, (length * index) / count, most / count),
    ),
  );
  const total = { tff: 0, bff: 0, progressive: 0 };
  for (const { tff, bff, progressive } of windows) {
    total.tff += tff;
    total.bff += bff;
    total.progressive += progressive;
  }
  return interlacingOf(video.interlaced || windows.some(({ flagged }) => flagged), total);
}
