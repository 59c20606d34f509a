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

/** Runs ffmpeg. @returns its standard error */
export async function ffmpeg(args: readonly string[]): Promise<string> {
  const { stderr } = await execute(tools.ffmpeg, ["-hide_banner", "-nostdin", "-y", ...args], {
    maxBuffer: 1 << 26,
  });
  return stderr;
}

export const METRICS = ["ssim", "psnr", "vmaf"] as const;
export interface Qualities {
  ssim: Point;
  psnr: Point;
  /** Undefined if libvmaf is missing. */
  vmaf?: Point;
}

/** Whether libvmaf works. Builds before 5.0 need its model in a folder, so this tries it. */
export const hasVmaf = await ffmpeg(
  "-f lavfi -i testsrc2=s=64x64:d=0.1 -f lavfi -i testsrc2=s=64x64:d=0.1 -lavfi libvmaf -f null -".split(
    " ",
  ),
).then(
  (log) => log.includes("VMAF score"),
  () => false,
);

/** Decibels of a lossless encode, instead of infinity. */
const LOSSLESS_DB = 100;
const decibels = (value: string | undefined): number =>
  value === "inf" ? LOSSLESS_DB : Number(value ?? Number.NaN);

/** An encode to measure: a rendition at its constant quality or, like fixed ladders, at a bitrate. */
export interface TestEncode {
  rendition: VideoRendition;
  /** Bits per second. */
  bitrate?: number;
}

/** The product's arguments for a whole video in one rendition. */
function encoderArgs(
  { source, grid }: Plan,
  url: string,
  { rendition, bitrate }: TestEncode,
  file: string,
): string[] {
  const { limits } = SETTINGS;
  const chunk = { kind: "video" as const, firstSegment: 0, segmentCount: grid.segmentCount };
  const spec = { ...chunk, source, grid, renditions: [rendition], limits };
  const args = videoArgs(spec, url, capabilities, 1).with(-1, file);
  const quality = args.indexOf("-crf");
  return bitrate === undefined
    ? args
    : args.with(quality, "-b:v").with(quality + 1, String(bitrate));
}

/**
 * Encodes the reference and compares the result with it at its size.
 *
 * @param reference a local file
 * @param url of the same file, the source of the plan
 */
export async function measure(
  plan: Plan,
  reference: string,
  url: string,
  encode: TestEncode,
  file: string,
): Promise<Qualities> {
  await ffmpeg(encoderArgs(plan, url, encode, file));
  // Compares frame by frame, whatever their times.
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
  const point = (value: string | undefined): Point => ({ rate, quality: decibels(value) });
  const vmaf = hasVmaf
    ? /VMAF score[:=\s]+([\d.]+)/.exec(await compare("[a][b]libvmaf"))?.[1]
    : undefined;
  await rm(file);
  return {
    ssim: point(/SSIM.*All:[\d.]+ \(([\d.]+|inf)\)/.exec(log)?.[1]),
    psnr: point(/PSNR.*average:([\d.]+|inf)/.exec(log)?.[1]),
    ...(vmaf === undefined ? {} : { vmaf: point(vmaf) }),
  };
}
