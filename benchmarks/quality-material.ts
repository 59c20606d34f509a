import { existsSync } from "node:fs";
import { join } from "node:path";
import { ffmpeg } from "./quality-encode.ts";

/** The duration of two segments of the product. */
const MAX_SECONDS = 8;
const FRAMES_PER_SECOND = 24;
/** Limit for the short side: larger sources take longer without giving new insight. */
const MAX_SIDE_PX = 1080;

const MEDIA = join(import.meta.dirname, "../../shared/media");

export interface Material {
  name: string;
  /** Arguments of ffmpeg. */
  input: string[];
  available: boolean;
}
const sample = (name: string, start: number): Material => ({
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
 * Sources shorter than `MAX_SECONDS` are used whole. vhs-bipbop0.flv is left out: with 144 lines it is smaller than the
 * fixed ladder.
 */
export const MATERIAL: readonly Material[] = [
  sample("mb-video.mp4", 0),
  sample("mb-video-h265.mp4", 2),
  sample("mb-annex-b-avc.mkv", 10),
  sample("mb-cursed-vfr.mp4", 0),
  sample("exo-big-buck-bunny.mp4", 2),
  sample("echo-hereweare.webm", 12),
  sample("exo-sample.avi", 0),
  sample("exo-sample_with_ssa_subtitles.mkv", 0),
  sample("mb-rotate-buck-bunny.mp4", 0),
  sample("mb-sar_2x1.mp4", 0),
  sample("mediacms-small.mp4", 4),
  generated("animation", `testsrc2=s=1280x720:r=${FRAMES_PER_SECOND},boxblur=2`),
  generated(
    "flat shapes",
    `smptehdbars=s=1280x720:r=${FRAMES_PER_SECOND},rotate=a=t/3:fillcolor=teal`,
  ),
  generated("noise", `testsrc2=s=1280x720:r=${FRAMES_PER_SECOND},noise=alls=24:allf=t`),
];

/** Width and height in square pixels, the short side at most `MAX_SIDE_PX`; ffmpeg has applied the rotation. */
const DISPLAY_SIZE = ["iw*sar", "ih"].map(
  (side) => `2*round(${side}*min(1\\,${MAX_SIDE_PX}/min(iw*sar\\,ih))/2)`,
);

/**
 * Writes the reference that all encodes of a material start from and are compared with: lossless, with a constant frame
 * rate, as a player shows it.
 */
export async function writeReference({ input }: Material, file: string): Promise<void> {
  const fit = `scale=w='${DISPLAY_SIZE[0]}':h='${DISPLAY_SIZE[1]}':flags=bicubic,fps=${FRAMES_PER_SECOND},setsar=1,format=yuv420p`;
  await ffmpeg([
    ...[...input, "-t", String(MAX_SECONDS), "-vf", fit, "-an", "-sn"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", file],
  ]);
}
