import { runProcess } from "./process.ts";
import type { Tools } from "./tools.ts";

/** What this build of ffmpeg can do, asked once and never guessed. */
export type Capabilities = {
  /** First line of `ffmpeg -version`. */
  version: string;
  encoders: ReadonlySet<string>;
  decoders: ReadonlySet<string>;
  filters: ReadonlySet<string>;
  /** Keeps ffmpeg from adding or dropping frames after the filters: `-vsync` lost its name in 5.1. */
  passthrough: readonly string[];
};

/** Names in the second column of ffmpeg's listings, whose first column is flags. */
const parseListing = (lines: readonly string[]): Set<string> =>
  new Set(lines.flatMap((line) => /^ [A-Z.|]{2,8} +([A-Za-z0-9_-]+) /.exec(line)?.[1] ?? []));

/** @throws Error when the programs do not run */
export const probeCapabilities = async (tools: Tools): Promise<Capabilities> => {
  const ask = async (file: string, ...flags: string[]): Promise<string[]> => {
    const lines: string[] = [];
    const { exitCode, stderr } = await runProcess(file, ["-hide_banner", ...flags], {
      signal: AbortSignal.timeout(30_000),
      memoryLimit: 1 << 30,
      onLine: (line) => lines.push(line),
    });
    if (exitCode !== 0) throw new Error(`${file} ${flags.join(" ")} failed: ${stderr}`);
    return lines;
  };
  const [version, encoders, decoders, filters, options] = await Promise.all([
    ask(tools.ffmpeg, "-version"),
    ask(tools.ffmpeg, "-encoders"),
    ask(tools.ffmpeg, "-decoders"),
    ask(tools.ffmpeg, "-filters"),
    ask(tools.ffmpeg, "-h", "long"),
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
  };
};
