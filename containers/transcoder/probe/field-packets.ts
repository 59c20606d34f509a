import { runFfprobe, type TaskRun } from "../runtime/task-run.ts";
import type { ProbedStream } from "./ffprobe-output.ts";

/** Packets from the beginning that are compared with the frames that they decode to. */
const COMPARED_PACKETS = 48;
/** How many of the compared frames must be recognised as fields. */
const MIN_FIELDS = 8;
/** How many of those must follow one of the other kind: decoders leave some out at the end of a read. */
const MIN_ALTERNATING_SHARE = 0.8;
/** Fields of interlaced formats have at most half of 1152 lines and come at 47 per second or more. */
const MAX_FIELD_LINES = 576;
const MIN_FIELD_RATE = 47;
/** A decoder may lose a frame or two at the beginning. With fields in a third of the packets, fewer frames than this are left. */
const MAX_FRAME_SHARE = 0.9;

/**
 * Reads the first packets of a track, or the frames that they decode to.
 * @param show ffprobe's options for what to print, and how
 */
function readBeginning(
  run: TaskRun,
  { index }: ProbedStream,
  input: readonly string[],
  show: readonly string[],
  onLine: (line: string) => void,
): Promise<unknown> {
  const part = ["-select_streams", String(index), "-read_intervals", `%+#${COMPARED_PACKETS}`];
  return runFfprobe(run, [...show, ...part, ...input], onLine);
}

/**
 * Looks for fields that are coded as separate pictures (PAFF in H.264). Containers store them one by one, so there seem
 * to be twice as many frames, none of them interlaced.
 * @param input ffprobe's input options
 * @returns presentation times of the first frames, in seconds from `start`; undefined if each packet is a frame
 */
export async function readFieldFrames(
  run: TaskRun,
  stream: ProbedStream,
  input: readonly string[],
  start: number,
): Promise<number[] | undefined> {
  if (stream.codec_name !== "h264" || stream.field_order === "progressive") return undefined;
  let packets = 0;
  const frames: number[] = [];
  await readBeginning(
    run,
    stream,
    input,
    ["-show_entries", "packet=flags:frame=best_effort_timestamp_time", "-of", "csv"],
    (line) => {
      const [section, value = ""] = line.split(",");
      if (section === "packet") packets += 1;
      const time = Number.parseFloat(value) - start;
      if (section === "frame" && Number.isFinite(time)) frames.push(time);
    },
  );
  return frames.length > 1 && frames.length < packets * MAX_FRAME_SHARE ? frames : undefined;
}

/**
 * Looks for fields that decoders output as separate frames, half as high as they are shown: HEVC with `field_seq_flag`
 * (ITU-T H.265, E.3.1). Every second one is flagged as a bottom field.
 */
export async function isFieldSequence(
  run: TaskRun,
  stream: ProbedStream,
  input: readonly string[],
): Promise<boolean> {
  const [num = 0, den = 1] = (stream.avg_frame_rate ?? "").split("/").map(Number);
  const mayBe =
    stream.codec_name === "hevc" && stream.height <= MAX_FIELD_LINES && num / den >= MIN_FIELD_RATE;
  if (!mayBe) return false;
  const fields: string[] = [];
  await readBeginning(
    run,
    stream,
    input,
    ["-show_entries", "frame=interlaced_frame,top_field_first", "-of", "csv=p=0"],
    // Lines of side data are empty, and some builds end a line with a comma.
    (line) => fields.push(...(/^[01],[01]/.exec(line) ?? [])),
  );
  const following = fields.filter((field, index) => index > 0 && field !== fields[index - 1]);
  return (
    fields.length >= MIN_FIELDS &&
    fields.every((field) => field.startsWith("1,")) &&
    following.length >= (fields.length - 1) * MIN_ALTERNATING_SHARE
  );
}
