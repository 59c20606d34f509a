/** One `key=value` line of `ffmpeg -progress`. */
const LINE = /^(\w+)=\s*(-?\d+)/;

/**
 * Reads ffmpeg's machine-readable progress. `out_time_us` is in microseconds, and so is `out_time_ms`, its old name.
 *
 * @param total seconds of output, or frames when `key` is `frame`
 * @param onRatio gets 0 to 1
 */
export const progressReader = (
  key: "frame" | "out_time_ms",
  total: number,
  onRatio: (ratio: number) => void,
): ((line: string) => void) => {
  const unit = key === "frame" ? 1 : 1_000_000;
  return (line) => {
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === key) onRatio(Math.min(1, Math.max(0, Number(value) / unit / total)));
  };
};

export const PROGRESS_ARGS: readonly string[] = ["-progress", "pipe:1", "-nostats"];
