import type { SourceInfo } from "../../../workers/contract/source.ts";
import { inputUrl, type TaskRun, runFfmpeg } from "../runtime/task-run.ts";
import { firstTwoOfTrack } from "../probe/discrete-channels.ts";
import { sourceInput } from "../probe/source-input.ts";

/** Streaming services use -16 to -14. */
const TARGET_LUFS = -15;
/** Beyond these limits a recording is faulty rather than quiet or loud. */
const MAX_GAIN_DB = 18;
const MIN_GAIN_DB = -20;
/** EBU R128's absolute gate. */
const SILENCE_LUFS = -70;
/** EBU R128's relative gate, below the ungated mean. */
const RELATIVE_GATE_LU = 10;
const WINDOWS = 5;
/** EBU R128's short-term window. Viewers wait until all windows are read, the video data in them included. */
const WINDOW_SECONDS = 3;

function meanLoudness(values: readonly number[]): number {
  return (
    10 * Math.log10(values.reduce((sum, value) => sum + 10 ** (value / 10), 0) / values.length)
  );
}

/**
 * The gain that brings a track to the target loudness. The windows are gated and averaged like EBU R128's blocks.
 *
 * @param windows integrated loudness of each sampled window, in LUFS
 * @returns decibels; 0 for silence
 */
export function gainFor(windows: readonly number[]): number {
  const audible = windows.filter((loudness) => loudness > SILENCE_LUFS);
  if (audible.length === 0) return 0;
  const gate = meanLoudness(audible) - RELATIVE_GATE_LU;
  const gain = TARGET_LUFS - meanLoudness(audible.filter((loudness) => loudness >= gate));
  return Math.min(MAX_GAIN_DB, Math.max(MIN_GAIN_DB, gain));
}

/**
 * Start times of the sampled windows in seconds, evenly spread; undefined when the whole track is short enough to
 * measure. Every other window is one that `plan` sampled too (plan/sample-complexity.ts), so it is already cached.
 */
export function windowStarts(duration: number): number[] | undefined {
  return duration <= WINDOWS * WINDOW_SECONDS * 2
    ? undefined
    : Array.from(
        { length: WINDOWS },
        (_, index) => ((index + 1) * duration) / (WINDOWS + 1) - WINDOW_SECONDS / 2,
      );
}

/** Integrated loudness in LUFS, from the summary that the ebur128 filter logs; undefined if it measured nothing. */
export function parseLoudness(log: string): number | undefined {
  const value = /Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/.exec(log)?.[1];
  return value === undefined ? undefined : Number(value);
}

/**
 * Measures the gain in decibels that brings a track to the target loudness. Only windows are sampled, because measuring
 * a whole track takes longer than encoding it.
 *
 * @param layout channel layout of the output, whose loudness is what counts
 */
export async function measureGain(
  run: TaskRun,
  source: SourceInfo,
  streamIndex: number,
  layout: string,
): Promise<number> {
  async function measure(start: number | undefined): Promise<number[]> {
    const seek = start === undefined ? [] : ["-ss", start.toFixed(3), "-t", String(WINDOW_SECONDS)];
    const { stderr } = await runFfmpeg(
      run,
      [
        ...sourceInput(inputUrl(run, "source"), source.demuxer, seek),
        ...[
          "-map",
          `0:${streamIndex}`,
          "-af",
          // Mono is played on two loudspeakers.
          [
            ...firstTwoOfTrack(source, streamIndex),
            `aformat=channel_layouts=${layout},ebur128=dualmono=true`,
          ].join(","),
          "-f",
          "null",
          "-",
        ],
      ],
      { level: "info" },
    );
    const loudness = parseLoudness(stderr);
    return loudness === undefined ? [] : [loudness];
  }
  // The windows are measured in parallel: reading takes most of the time, and viewers wait for the first seconds of the
  // default track.
  const windows = await Promise.all((windowStarts(source.duration) ?? [undefined]).map(measure));
  return gainFor(windows.flat());
}
