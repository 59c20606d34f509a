import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { meanBrightness, samplesOf, SMALL_GREY, quickTools } from "./bench.ts";

/** A Golomb ruler, in fifths of a second: every distance occurs once, so a wrong lag matches at most one pair. */
const MARKS = [0, 1, 4, 9, 15, 22, 32, 34];
/** Frames per fifth of a second, at 25 frames per second. */
const FRAMES_PER_UNIT = 5;
const anyOf = (terms: readonly string[]): string => terms.join("+");
const whites = anyOf(MARKS.map((mark) => `eq(N\\,${mark * FRAMES_PER_UNIT})`));
const louds = anyOf(MARKS.map((mark) => `between(t\\,${mark / 5}\\,${mark / 5 + 0.04})`));

/** ffmpeg source with a white frame at each mark, in the first seven seconds. */
export const FLASH = `color=c=black:s=64x48:r=25,format=yuv420p,geq=lum='if(${whites}\\,235\\,16)':cb=128:cr=128`;
/** ffmpeg source with a beep at each mark, as long as the white frame. */
export const BEEP = `aevalsrc='if(${louds}\\,0.8*sin(2*PI*1000*t)\\,0)':s=44100`;

const MIN_WHITE = 128;
const MIN_BEEP = 0.2;
const SAMPLE_RATE = 48_000;
/** The largest accepted difference between the lags of one video. */
const LAG_TOLERANCE_SECONDS = 0.02;

/** Times in seconds at which the video turns white. */
export function flashes(frames: readonly number[], rate: number): number[] {
  return frames.flatMap((value, frame) =>
    value > MIN_WHITE && (frames[frame - 1] ?? 0) <= MIN_WHITE ? [frame / rate] : [],
  );
}

/** Times in seconds at which a beep begins. */
export function beeps(audio: Float32Array): number[] {
  const times: number[] = [];
  let last = -1;
  for (const [index, value] of audio.entries()) {
    if (Math.abs(value) <= MIN_BEEP) continue;
    const time = index / SAMPLE_RATE;
    if (time > last + 0.05) times.push(time);
    last = time;
  }
  return times;
}

export interface Lag {
  seconds: number;
  marks: number;
}

/**
 * By how many seconds the beeps lag behind the flashes: the lag that most pairs share, and the number of these pairs.
 */
export function lagOf(white: readonly number[], loud: readonly number[]): Lag {
  const all = loud.flatMap((beep) => white.map((flash) => beep - flash));
  function alike(lag: number): number[] {
    return all.filter((other) => Math.abs(other - lag) < LAG_TOLERANCE_SECONDS);
  }
  const best = all.map(alike).toSorted((a, b) => b.length - a.length)[0] ?? [];
  const middle = best.toSorted((a, b) => a - b)[Math.floor(best.length / 2)];
  return { seconds: middle ?? Number.NaN, marks: best.length };
}

/** Frame rate at which a source is sampled to see when its frames are shown. */
const TIMELINE_RATE = 1000;

/** The lag of the source itself when a player decodes it, since some encoders of old formats delay their audio. */
export async function sourceLag(file: string): Promise<number> {
  const [video, audio] = [`${file}.timeline.gray`, `${file}.timeline.f32`];
  await promisify(execFile)(quickTools.ffmpeg, [
    ...["-v", "error", "-nostdin", "-y", "-copyts", "-start_at_zero", "-i", file],
    ...["-map", "0:v:0", "-vf", `fps=${TIMELINE_RATE}:start_time=0,${SMALL_GREY}`, "-vsync", "0"],
    ...["-f", "rawvideo", video],
    ...["-map", "0:a:0", "-af", `aresample=${SAMPLE_RATE}:async=1:first_pts=0`, "-ac", "1"],
    ...["-f", "f32le", audio],
  ]);
  const white = flashes(meanBrightness(await readFile(video)), TIMELINE_RATE);
  return lagOf(white, beeps(samplesOf(await readFile(audio)))).seconds;
}
