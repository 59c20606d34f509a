import { runFfprobe, type TaskRun } from "../runtime/task-run.ts";
import type { ProbedStream } from "./ffprobe-output.ts";

/** Packets from the beginning that are compared with the frames that they decode to. */
const COMPARED_PACKETS = 48;
/** A decoder may lose a frame or two at the beginning. With fields in a third of the packets, fewer frames than this are left. */
const MAX_FRAME_SHARE = 0.9;

/**
 * Looks for fields that are pictures of their own (PAFF in H.264). Containers store them one by one, so their packets
 * seem to be twice as many frames, none of them interlaced.
 *
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
  await runFfprobe(
    run,
    [
      ...["-show_entries", "packet=flags:frame=best_effort_timestamp_time", "-of", "csv"],
      ...["-select_streams", String(stream.index), "-read_intervals", `%+#${COMPARED_PACKETS}`],
      ...input,
    ],
    (line) => {
      const [section, value = ""] = line.split(",");
      if (section === "packet") packets += 1;
      const time = Number.parseFloat(value) - start;
      if (section === "frame" && Number.isFinite(time)) frames.push(time);
    },
  );
  return frames.length > 1 && frames.length < packets * MAX_FRAME_SHARE ? frames : undefined;
}
