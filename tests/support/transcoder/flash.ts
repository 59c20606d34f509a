import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { brightness, samples, tools } from "./bench.ts";

/** Fifths of a second of a Golomb ruler: no two pairs are equally far apart, so no false lag fits more than one pair. */
const MARKS = [0, 1, 4, 9, 15, 22, 32, 34];
/** Frames between two marks, at 25 frames a second. */
const STEP = 5;
const anyOf = (terms: readonly string[]): string => terms.join("+");
const whites = anyOf(MARKS.map((mark) => `eq(N\\,${mark * STEP})`));
const louds = anyOf(MARKS.map((mark) => `between(t\\,${mark / 5}\\,${mark / 5 + 0.04})`));

/** A white frame at each mark, in the first seven seconds ... */
export const FLASH = `color=c=black:s=64x48:r=25,format=yuv420p,geq=lum='if(${whites}\\,235\\,16)':cb=128:cr=128`;
/** ... and a beep that begins with it and lasts as long. */
export const BEEP = `aevalsrc='if(${louds}\\,0.8*sin(2*PI*1000*t)\\,0)':s=44100`;

const WHITE = 128;
const LOUD = 0.2;
const SAMPLE_RATE = 48_000;
/** Seconds by which lags of one film differ at most. */
const SAME = 0.02;

/** Seconds at which the picture turns white. */
export const flashes = (frames: readonly number[], rate: number): number[] =>
  frames.flatMap((value, frame) =>
    value > WHITE && (frames[frame - 1] ?? 0) <= WHITE ? [frame / rate] : [],
  );

/** Seconds at which a beep begins. */
export const beeps = (sound: Float32Array): number[] => {
  const times: number[] = [];
  let last = -1;
  for (const [index, value] of sound.entries()) {
    if (Math.abs(value) <= LOUD) continue;
    const time = index / SAMPLE_RATE;
    if (time > last + 0.05) times.push(time);
    last = time;
  }
  return times;
};

export type Lag = { seconds: number; marks: number };

/** By how many seconds the beeps come after the flashes: the lag that most of them agree on, and how many do. */
export const lagOf = (white: readonly number[], loud: readonly number[]): Lag => {
  const all = loud.flatMap((beep) => white.map((flash) => beep - flash));
  const alike = (lag: number): number[] => all.filter((other) => Math.abs(other - lag) < SAME);
  const best = all.map(alike).toSorted((a, b) => b.length - a.length)[0] ?? [];
  const middle = best.toSorted((a, b) => a - b)[Math.floor(best.length / 2)];
  return { seconds: middle ?? Number.NaN, marks: best.length };
};

/** Places a second on which a source's frames are put, to see when they are shown. */
const TIMELINE_RATE = 1000;

/** The lag that a source shows when a player decodes it: some encoders of old formats delay their sound. */
export const sourceLag = async (file: string): Promise<number> => {
  const timeline = `${file}.timeline.mkv`;
  await promisify(execFile)(tools.ffmpeg, [
    ...["-v", "error", "-nostdin", "-y", "-copyts", "-start_at_zero", "-i", file],
    ...["-vf", `fps=${TIMELINE_RATE}:start_time=0`, "-c:v", "ffv1"],
    ...["-af", `aresample=${SAMPLE_RATE}:async=1:first_pts=0`, "-c:a", "pcm_s16le", timeline],
  ]);
  const white = flashes(await brightness(timeline), TIMELINE_RATE);
  return lagOf(white, beeps(await samples(timeline))).seconds;
};
