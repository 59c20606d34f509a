import { existsSync } from "node:fs";
import { join } from "node:path";
import { ffmpeg } from "./quality-encode.ts";

/** Two of the product's segments. */
const SECONDS = 8;
const RATE = 24;
/** Of the short side: larger ones would cost more minutes than they tell. */
const MAX_LINES = 1080;

const MEDIA = join(import.meta.dirname, "../../shared/media");

export type Material = { name: string; input: string[]; available: boolean };
const clip = (name: string, start: number): Material => ({
  name,
  input: ["-ss", String(start), "-i", join(MEDIA, name)],
  available: existsSync(join(MEDIA, name)),
});
const generated = (name: string, graph: string): Material => ({
  name,
  input: ["-f", "lavfi", "-i", graph],
  available: true,
});

/**
 * Clips shorter than `SECONDS` are taken as they are. Of those with a picture one is left out, vhs-bipbop0.flv: at 144
 * lines it is smaller than all that the fixed ladder has.
 */
export const MATERIAL: readonly Material[] = [
  clip("mb-video.mp4", 0),
  clip("mb-video-h265.mp4", 2),
  clip("mb-annex-b-avc.mkv", 10),
  clip("mb-cursed-vfr.mp4", 0),
  clip("exo-big-buck-bunny.mp4", 2),
  clip("echo-hereweare.webm", 12),
  clip("exo-sample.avi", 0),
  clip("exo-sample_with_ssa_subtitles.mkv", 0),
  clip("mb-rotate-buck-bunny.mp4", 0),
  clip("mb-sar_2x1.mp4", 0),
  clip("mediacms-small.mp4", 4),
  generated("animation", `testsrc2=s=1280x720:r=${RATE},boxblur=2`),
  generated("flat shapes", `smptehdbars=s=1280x720:r=${RATE},rotate=a=t/3:fillcolor=teal`),
  generated("noise", `testsrc2=s=1280x720:r=${RATE},noise=alls=24:allf=t`),
];

/** Width and height in square pixels, the short side at most `MAX_LINES`; ffmpeg has turned the picture upright. */
const SHOWN = ["iw*sar", "ih"].map(
  (side) => `2*round(${side}*min(1\\,${MAX_LINES}/min(iw*sar\\,ih))/2)`,
);

/**
 * Writes what all encodes of a material are made of and compared with: lossless, at a constant rate, as a player shows
 * it.
 */
export const writeReference = async ({ input }: Material, file: string): Promise<void> => {
  const fit = `scale=w='${SHOWN[0]}':h='${SHOWN[1]}':flags=bicubic,fps=${RATE},setsar=1,format=yuv420p`;
  await ffmpeg([
    ...[...input, "-t", String(SECONDS), "-vf", fit, "-an", "-sn"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", file],
  ]);
};
