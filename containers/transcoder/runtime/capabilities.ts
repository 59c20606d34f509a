import { OutputCodec, type RunnerCapabilities } from "../../../workers/contract/runners.ts";
import { TaskKind } from "../../../workers/contract/transcodes.ts";
import { runProcess } from "./process.ts";
import type { Tools } from "./tools.ts";

const PROBE_TIMEOUT_MS = 30_000;
const MAX_PROBE_MEMORY_BYTES = 1024 ** 3;

/** What this build of ffmpeg supports, queried once at startup. */
export interface Capabilities {
  /** First line of `ffmpeg -version`. */
  version: string;
  encoders: ReadonlySet<string>;
  decoders: ReadonlySet<string>;
  filters: ReadonlySet<string>;
  /** Options that stop ffmpeg from adding or dropping frames after the filters; ffmpeg 5.1 renamed `-vsync`. */
  passthrough: readonly string[];
  /** Options with which zscale scales as the scale filter's bicubic does, in half the time; undefined in older builds. */
  bicubicZscale: string | undefined;
  /** Input options that leave the container's cropping to our filters; ffmpeg 7.1 began to apply it. */
  codecCropping: readonly string[];
}

/** Parses one of ffmpeg's listings, which have flags in the first column and names in the second. */
function parseListing(lines: readonly string[]): Set<string> {
  return new Set(
    lines.flatMap((line) => /^ [A-Z.|]{2,8} +([A-Za-z0-9_-]+) /.exec(line)?.[1] ?? []),
  );
}

/** @throws Error when ffmpeg or ffprobe does not run */
export async function probeCapabilities(tools: Tools): Promise<Capabilities> {
  async function ask(file: string, ...flags: string[]): Promise<string[]> {
    const lines: string[] = [];
    const { exitCode, stderr } = await runProcess(file, ["-hide_banner", ...flags], {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      maxMemoryBytes: MAX_PROBE_MEMORY_BYTES,
      onLine: (line) => lines.push(line),
    });
    if (exitCode !== 0) throw new Error(`${file} ${flags.join(" ")} failed: ${stderr}`);
    return lines;
  }
  const [version, encoders, decoders, filters, options, zscale] = await Promise.all([
    ask(tools.ffmpeg, "-version"),
    ask(tools.ffmpeg, "-encoders"),
    ask(tools.ffmpeg, "-decoders"),
    ask(tools.ffmpeg, "-filters"),
    ask(tools.ffmpeg, "-h", "long"),
    ask(tools.ffmpeg, "-h", "filter=zscale"),
    ask(tools.ffprobe, "-version"),
  ]);
  return {
    version: version[0] ?? "",
    encoders: parseListing(encoders),
    decoders: parseListing(decoders),
    filters: parseListing(filters),
    passthrough: options.some((line) => line.startsWith("-fps_mode"))
      ? ["-fps_mode", "passthrough"]
      : ["-vsync", "0"],
    bicubicZscale: zscale.some((line) => /^\s*param_b\s/.test(line))
      ? "f=bicubic:param_a=0:param_b=0.6"
      : undefined,
    codecCropping: options.some((line) => line.startsWith("-apply_cropping["))
      ? ["-apply_cropping", "codec"]
      : [],
  };
}

/** Encoders of each codec; any one of them will do. */
const ENCODERS: Record<OutputCodec, readonly string[]> = {
  h264: ["libx264"],
  vp9: ["libvpx-vp9"],
  av1: ["libsvtav1"],
  aac: ["aac", "libfdk_aac"],
  opus: ["libopus"],
};

/** The capabilities that a runner with this ffmpeg reports. @param hasRecogniser whether it can recognise speech */
export function runnerCapabilities(
  { encoders }: Capabilities,
  hasRecogniser: boolean,
): RunnerCapabilities {
  return {
    kinds: TaskKind.options.filter(
      (kind) => kind !== "finish" && (kind !== "transcribe" || hasRecogniser),
    ),
    codecs: OutputCodec.options.filter((codec) =>
      ENCODERS[codec].some((name) => encoders.has(name)),
    ),
  };
}
