import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolveTools } from "../../containers/transcoder/runtime/tools.ts";

export interface SourceOptions {
  seconds: number;
  width: number;
  height: number;
  /** Frames per second. */
  rate?: number;
  /** Bits per second of the video track; by default the encoder chooses. */
  bitrate?: number;
}

/**
 * Runs the ffmpeg of the product.
 * @throws Error with its output when it fails
 */
export async function runFfmpeg(args: string[]): Promise<void> {
  const child = spawn(
    resolveTools(process.env).ffmpeg,
    ["-v", "error", "-nostdin", "-y", ...args],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${output}`);
}

/** Writes an MP4 with a moving test pattern, some noise and a tone. */
export async function generateSource(path: string, options: SourceOptions): Promise<void> {
  const { seconds, width, height, rate = 30, bitrate } = options;
  await runFfmpeg([
    ...["-f", "lavfi", "-i", `testsrc2=size=${width}x${height}:rate=${rate}:duration=${seconds}`],
    ...["-f", "lavfi", "-i", `sine=frequency=330:sample_rate=48000:duration=${seconds}`],
    ...["-vf", "noise=alls=6:allf=t", "-pix_fmt", "yuv420p"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", String(rate * 2)],
    ...(bitrate
      ? ["-b:v", String(bitrate), "-maxrate", String(bitrate), "-bufsize", String(bitrate)]
      : []),
    ...["-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", "-shortest", path],
  ]);
}
