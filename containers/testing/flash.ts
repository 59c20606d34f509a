import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { brightness, samples, tools } from "./bench.ts";

/** A white frame at each full second, at 25 frames a second ... */
export const FLASH =
  "color=c=black:s=64x48:r=25,format=yuv420p,geq=lum='if(lt(mod(N\\,25)\\,1)\\,235\\,16)':cb=128:cr=128";
/** ... and a beep that begins with it and lasts as long. */
export const BEEP = "aevalsrc='if(lt(mod(t\\,1)\\,0.04)\\,0.8*sin(2*PI*1000*t)\\,0)':s=44100";

const WHITE = 128;
const LOUD = 0.2;
const SAMPLE_RATE = 48_000;

/** Seconds at which the picture turns white. */
export const flashes = (frames: readonly number[], rate: number): number[] =>
  frames.flatMap((value, frame) =>
    value > WHITE && (frames[frame - 1] ?? 0) <= WHITE ? [frame / rate] : [],
  );

/** Seconds at which a beep begins. */
export const beeps = (sound: Float32Array): number[] => {
  const times: number[] = [];
  for (const [index, value] of sound.entries()) {
    const time = index / SAMPLE_RATE;
    if (Math.abs(value) > LOUD && time > (times.at(-1) ?? -1) + 0.5) times.push(time);
  }
  return times;
};

/** By how many seconds each beep inside the film comes after the flash next to it; the first may be cut off. */
export const lags = (white: readonly number[], loud: readonly number[]): number[] =>
  loud
    .filter((time) => time > 0.5)
    .map((time) => {
      const nearest = white.toSorted((a, b) => Math.abs(a - time) - Math.abs(b - time))[0];
      return time - (nearest ?? Number.NaN);
    });

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
  const all = lags(
    flashes(await brightness(timeline), TIMELINE_RATE),
    beeps(await samples(timeline)),
  );
  // Before a picture that starts late its first frame stands, which may be white.
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
};
