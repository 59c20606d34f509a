/** One `key=value` line of `ffmpeg -progress`. */
const LINE = /^(\w+)=\s*(-?\d+)/;

/**
 * Parses ffmpeg's machine-readable progress, line by line. `out_time_ms` is in microseconds despite its name; older
 * builds know no other.
 *
 * @param total expected output: in frames if `key` is `frame`, else in seconds
 * @param onRatio called with the progress, 0 to 1
 */
export function progressReader(
  key: "frame" | "out_time_ms",
  total: number,
  onRatio: (ratio: number) => void,
): (line: string) => void {
  const unit = key === "frame" ? 1 : 1_000_000;
  return (line) => {
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === key) onRatio(Math.min(1, Math.max(0, Number(value) / unit / total)));
  };
}

export const PROGRESS_ARGS: readonly string[] = ["-progress", "pipe:1", "-nostats"];
