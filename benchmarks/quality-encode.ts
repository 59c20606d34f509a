import { execFile } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { tools } from "../tests/support/transcoder/bench.ts";
import { SETTINGS } from "../tests/support/transcoder/pipeline.ts";
import { probeCapabilities } from "../containers/transcoder/runtime/capabilities.ts";
import { videoArgs } from "../containers/transcoder/video/video-args.ts";
import type { Plan, VideoRendition } from "../workers/contract/transcodes.ts";
import type { Point } from "./quality-curve.ts";

const execute = promisify(execFile);
const capabilities = await probeCapabilities(tools);

/** @returns what it printed on standard error */
export const ffmpeg = async (args: readonly string[]): Promise<string> => {
  const { stderr } = await execute(tools.ffmpeg, ["-hide_banner", "-nostdin", "-y", ...args], {
    maxBuffer: 1 << 26,
  });
  return stderr;
};

export const METRICS = ["ssim", "psnr", "vmaf"] as const;
/** `vmaf` only where it can be measured. */
export type Qualities = { ssim: Point; psnr: Point; vmaf?: Point };

/** libvmaf needs its model at hand, which builds before 5.0 look for in a folder: so it is tried, not asked for. */
export const hasVmaf = await ffmpeg(
  "-f lavfi -i testsrc2=s=64x64:d=0.1 -f lavfi -i testsrc2=s=64x64:d=0.1 -lavfi libvmaf -f null -".split(
    " ",
  ),
).then(
  (log) => log.includes("VMAF score"),
  () => false,
);

/** Decibels of a picture that nothing was lost of: infinitely many have no place on a curve. */
const LOSSLESS = 100;
const decibels = (text: string | undefined): number =>
  text === "inf" ? LOSSLESS : Number(text ?? Number.NaN);

/** One rung: a rendition at its own constant quality or, as fixed ladders are, at a rate in bits a second. */
export type Rung = { rendition: VideoRendition; bitrate?: number };

/** The product's own arguments for the whole film in one rendition, into a file. */
const encoderArgs = (
  { source, grid }: Plan,
  url: string,
  { rendition, bitrate }: Rung,
  file: string,
): string[] => {
  const { limits } = SETTINGS;
  const chunk = { kind: "video" as const, firstSegment: 0, segmentCount: grid.segmentCount };
  const spec = { ...chunk, source, grid, renditions: [rendition], limits };
  const args = videoArgs(spec, url, capabilities, 1).with(-1, file);
  const quality = args.indexOf("-crf");
  return bitrate === undefined
    ? args
    : args.with(quality, "-b:v").with(quality + 1, String(bitrate));
};

/**
 * Encodes the reference in one rung and compares it with the reference at the reference's size.
 *
 * @param reference a local file
 * @param url where the plan's source, which is the same file, is read
 */
export const measure = async (
  plan: Plan,
  reference: string,
  url: string,
  rung: Rung,
  file: string,
): Promise<Qualities> => {
  await ffmpeg(encoderArgs(plan, url, rung, file));
  // Frame by frame: what a player makes of their times is none of quality's business.
  const frames = "setpts=N/(24*TB)";
  const compare = async (graph: string): Promise<string> =>
    ffmpeg([
      ...["-i", file, "-i", reference, "-lavfi"],
      `[0]${frames}[x];[1]${frames}[y];[x][y]scale2ref=flags=bicubic[a][b];${graph}`,
      ...["-f", "null", "-"],
    ]);
  const log = await compare("[a]split[a1][a2];[b]split[b1][b2];[a1][b1]ssim;[a2][b2]psnr");
  const { num, den } = plan.grid.frameRate;
  const rate = ((await stat(file)).size * 8 * num) / (plan.grid.totalFrames * den);
  const point = (text: string | undefined): Point => ({ rate, quality: decibels(text) });
  const vmaf = hasVmaf
    ? /VMAF score[:=\s]+([\d.]+)/.exec(await compare("[a][b]libvmaf"))?.[1]
    : undefined;
  await rm(file);
  return {
    ssim: point(/SSIM.*All:[\d.]+ \(([\d.]+|inf)\)/.exec(log)?.[1]),
    psnr: point(/PSNR.*average:([\d.]+|inf)/.exec(log)?.[1]),
    ...(vmaf === undefined ? {} : { vmaf: point(vmaf) }),
  };
};
