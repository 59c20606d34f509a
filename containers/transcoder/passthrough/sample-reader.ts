import { TaskFailure } from "../runtime/failure.ts";
import { peekInput, type TaskRun } from "../runtime/task-run.ts";
import type { SampleTable } from "./sample-table.ts";

/** Largest gap between two samples: reading it is cheaper than another request. */
const MAX_GAP_BYTES = 256 * 1024;
/** Bytes of all samples of one segment. */
const MAX_SEGMENT_BYTES = 128 * 1024 * 1024;

/**
 * Reads consecutive samples of a track.
 *
 * @returns their bytes, joined in decoding order
 * @throws TaskFailure `damaged_file` when the file ends before them, `source_unreachable`
 */
export async function readSamples(
  run: TaskRun,
  { offsets, sizes }: SampleTable,
  from: number,
  to: number,
): Promise<Buffer> {
  const total = sizes.subarray(from, to).reduce((sum, size) => sum + size, 0);
  if (total > MAX_SEGMENT_BYTES)
    throw new TaskFailure("output_too_large", `a segment of ${total} bytes`);
  const data = Buffer.allocUnsafe(total);
  let written = 0;
  for (let first = from; first < to;) {
    // A run of samples that lie close together; it contains at least the next one.
    const start = offsets[first] ?? 0;
    let next = first;
    let end = start;
    while (next < to) {
      const offset = offsets[next] ?? 0;
      if (next > first && (offset < end || offset - end > MAX_GAP_BYTES)) break;
      end = offset + (sizes[next] ?? 0);
      next += 1;
    }
    const { bytes } = await peekInput(run, "source", end - start, start);
    if (bytes.length < end - start)
      throw new TaskFailure("damaged_file", `the file ends before byte ${end}`);
    for (; first < next; first += 1) {
      const offset = (offsets[first] ?? 0) - start;
      written += bytes.copy(data, written, offset, offset + (sizes[first] ?? 0));
    }
  }
  return data;
}
