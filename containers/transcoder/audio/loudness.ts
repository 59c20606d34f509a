import type { SourceInfo } from "../../../workers/contract/source.ts";
import { inputUrl, type Job, runFfmpeg } from "../runtime/task-run.ts";
import { sourceInput } from "../probe/source-input.ts";

/** LUFS; the middle of the -16 to -14 that streaming services use. */
const TARGET = -15;
/** Decibels; beyond these a recording is broken rather than quiet or loud. */
const MAX_BOOST = 18;
const MAX_CUT = -20;
/** EBU R128's absolute gate, LUFS. */
const SILENCE = -70;
/** EBU R128's relative gate, LU below the ungated mean. */
const RELATIVE_GATE = 10;
const WINDOWS = 5;
/** As long as EBU R128's short-term loudness. Viewers wait for all of it to be read, picture included. */
const WINDOW_SECONDS = 3;

const meanLoudness = (values: readonly number[]): number =>
  10 * Math.log10(values.reduce((sum, value) => sum + 10 ** (value / 10), 0) / values.length);

/**
 * Gain towards the target for the integrated loudness of sampled windows, combined as EBU R128 combines its blocks.
 *
 * @param windows LUFS
 * @returns decibels; 0 for silence
 */
export const gainFor = (windows: readonly number[]): number => {
  const audible = windows.filter((loudness) => loudness > SILENCE);
  if (audible.length === 0) return 0;
  const gate = meanLoudness(audible) - RELATIVE_GATE;
  const gain = TARGET - meanLoudness(audible.filter((loudness) => loudness >= gate));
  return Math.min(MAX_BOOST, Math.max(MAX_CUT, gain));
};

/**
 * Starts of the sampled windows, seconds, evenly spread; undefined when the whole is short enough to measure. Every
 * other one lies where `plan` has looked (sample.ts), so that its bytes are on this machine already.
 */
export const windowStarts = (duration: number): number[] | undefined =>
  duration <= WINDOWS * WINDOW_SECONDS * 2
    ? undefined
    : Array.from(
        { length: WINDOWS },
        (_, index) => ((index + 1) * duration) / (WINDOWS + 1) - WINDOW_SECONDS / 2,
      );

/** Integrated loudness in the summary that ebur128 logs at its end; undefined when it measured nothing. */
export const parseLoudness = (log: string): number | undefined => {
  const value = /Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/.exec(log)?.[1];
  return value === undefined ? undefined : Number(value);
};

/**
 * The gain in decibels that brings a track to the target. Windows are sampled: measuring a whole film would cost more
 * than encoding its sound.
 *
 * @param layout what the track is mixed down to, since that is what is heard
 */
export const measureGain = async (
  job: Job,
  source: SourceInfo,
  streamIndex: number,
  layout: string,
): Promise<number> => {
  const measure = async (start: number | undefined): Promise<number[]> => {
    const seek = start === undefined ? [] : ["-ss", start.toFixed(3), "-t", String(WINDOW_SECONDS)];
    const { stderr } = await runFfmpeg(
      job,
      [
        ...sourceInput(inputUrl(job, "source"), source.demuxer, seek),
        ...[
          "-map",
          `0:${streamIndex}`,
          "-af",
          // One channel is heard from two loudspeakers.
          `aformat=channel_layouts=${layout},ebur128=dualmono=true`,
          "-f",
          "null",
          "-",
        ],
      ],
      { level: "info" },
    );
    const loudness = parseLoudness(stderr);
    return loudness === undefined ? [] : [loudness];
  };
  // All at once: the time goes into reading, and viewers wait for the first seconds of the default track.
  const windows = await Promise.all((windowStarts(source.duration) ?? [undefined]).map(measure));
  return gainFor(windows.flat());
};
