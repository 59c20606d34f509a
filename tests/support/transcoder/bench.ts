import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Recogniser } from "../../../containers/transcoder/runtime/recogniser.ts";
import { Runner } from "../../../containers/transcoder/runtime/runner.ts";
import type { RetryPolicy } from "../../../containers/transcoder/runtime/storage.ts";
import {
  packagedTools,
  resolveTools,
  type Tools,
} from "../../../containers/transcoder/runtime/tools.ts";
import { capabilitiesOf } from "./capabilities.ts";
import type { Track } from "./pipeline.ts";
import { startStorage, type StorageServer } from "./storage-server.ts";

const execute = promisify(execFile);
export const tools = resolveTools(process.env);
/**
 * The packaged ffmpeg, unless the environment names another. It is linked statically and starts within 5 ms; that of a
 * Linux distribution loads 200 libraries first, which takes 75 ms. It looks at results, and it encodes where a test is not
 * about ffmpeg.
 */
export const quickTools =
  process.env["FFMPEG_PATH"] === undefined ? packagedTools() : resolveTools(process.env);

/** A transcoder and its storage on a free port, with a temporary folder. */
export interface Bench extends AsyncDisposable {
  runner: Runner;
  storage: StorageServer;
  folder: string;
  tools: Tools;
}

interface BenchOptions {
  slots?: number;
  /** Per task. */
  maxMemoryBytes?: number;
  /** Per task. */
  maxDiskBytes?: number;
  retryPolicy?: RetryPolicy;
  /** The ffmpeg and ffprobe that the transcoder runs. */
  tools?: Tools;
  /** Creates a speech recogniser in the temporary folder. */
  recogniser?: ((folder: string) => Promise<Recogniser>) | undefined;
}

/** Starts a transcoder and its storage. */
export async function startBench({
  slots = 2,
  maxMemoryBytes = 2 * 1024 ** 3,
  maxDiskBytes = 10 * 1024 ** 3,
  retryPolicy,
  tools: used = tools,
  recogniser,
}: BenchOptions = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-bench-"));
  const storage = await startStorage(folder);
  const runner = new Runner({
    tools: used,
    capabilities: await capabilitiesOf(used),
    recogniser: (await recogniser?.(folder)) ?? null,
    slots,
    threads: 1,
    maxMemoryBytes,
    maxDiskBytes,
    maxCacheBytes: 1 << 28,
    folder,
    ...(retryPolicy === undefined ? {} : { retryPolicy }),
  });
  return {
    runner,
    storage,
    folder,
    tools: used,
    [Symbol.asyncDispose]: async () => {
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Runs ffmpeg to generate a file: the packaged one, which starts faster, unless only the other one can.
 * @param by the only one, if builds write the file differently
 */
export async function generate(args: readonly string[], by?: Pick<Tools, "ffmpeg">): Promise<void> {
  const all = ["-v", "error", "-nostdin", "-y", ...args];
  if (by) await execute(by.ffmpeg, all);
  else await execute(quickTools.ffmpeg, all).catch(() => execute(tools.ffmpeg, all));
}

/** Concatenates a track's init segment and media segments into a file, as a player would. */
export async function joinTrack(bench: Bench, track: Track, name: string): Promise<string> {
  const parts = await Promise.all(
    [track.init, ...track.segments].map((path) => readFile(join(bench.folder, path))),
  );
  const file = join(bench.folder, name);
  await writeFile(file, Buffer.concat(parts));
  return file;
}

export interface ProbedFile {
  streams: Record<string, unknown>[];
  packets: { stream: number; pts: number; dts: number; duration: number }[];
}

export async function probeFile(file: string): Promise<ProbedFile> {
  const { stdout } = await execute(
    quickTools.ffprobe,
    ["-v", "error", "-show_streams", "-show_packets", "-of", "json", file],
    {
      maxBuffer: 1 << 26,
    },
  );
  const { streams, packets } = JSON.parse(stdout) as {
    streams: Record<string, unknown>[];
    packets: { stream_index: number; pts: string; dts: string; duration: string }[];
  };
  return {
    streams,
    packets: packets.map((packet) => ({
      stream: packet.stream_index,
      pts: Number(packet.pts),
      dts: Number(packet.dts),
      duration: Number(packet.duration),
    })),
  };
}

/** ffmpeg's raw output for one input. @param before input options */
async function decode(
  file: string,
  args: readonly string[],
  before: readonly string[] = [],
): Promise<Buffer> {
  const { stdout } = await execute(
    quickTools.ffmpeg,
    ["-v", "error", "-nostdin", ...before, "-i", file, ...args, "-"],
    {
      maxBuffer: 1 << 28,
      encoding: "buffer",
    },
  );
  return stdout;
}

/** Makes frames of 64 grey pixels, for `meanBrightness`. */
export const SMALL_GREY = "scale=8:8:flags=area,format=gray";

/** Mean brightness of each of these raw frames, 0 to 255. */
export function meanBrightness(pixels: Buffer): number[] {
  return Array.from(
    { length: pixels.length / 64 },
    (_, frame) =>
      pixels.subarray(frame * 64, (frame + 1) * 64).reduce((sum, value) => sum + value, 0) / 64,
  );
}

/** Mean brightness of every decoded frame, 0 to 255. */
export async function brightness(file: string): Promise<number[]> {
  const frames = ["-map", "0:v:0", "-vf", SMALL_GREY, "-vsync", "0", "-f", "rawvideo"];
  return meanBrightness(await decode(file, frames));
}

/** A seek in the file may be inexact, so it goes to this long before the frame. */
const DECODED_BEFORE_SECONDS = 2;

/** A frame as a player shows it, with rotation and pixel aspect ratio applied: small, and as RGB bytes. */
export function shownFrame(
  file: string,
  seconds: number,
  width: number,
  height: number,
): Promise<Buffer> {
  const from = Math.max(0, seconds - DECODED_BEFORE_SECONDS);
  const frame = [
    ...["-ss", String(seconds - from), "-frames:v", "1"],
    ...["-vf", `scale=${width}:${height}:flags=area,format=rgb24`, "-f", "rawvideo"],
  ];
  return decode(file, frame, from === 0 ? [] : ["-ss", String(from)]);
}

/** Weights of red and blue in the luma of each YUV matrix. */
const MATRICES: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  smpte170m: [0.299, 0.114],
};

/**
 * Red, green and blue in the middle of a file's first frame, as its tags define them. A JPEG has the BT.601 matrix and
 * full range.
 * @param across position of the sample instead, as a share of the width
 */
export async function middleColour(file: string, across = 0.5): Promise<number[]> {
  const { streams } = await probeFile(file);
  const { width, height, pix_fmt, color_space } = streams[0] as {
    width: number;
    height: number;
    pix_fmt: string;
    color_space: string;
  };
  const yuv = await decode(file, ["-frames:v", "1", "-f", "rawvideo"]);
  const [w, h] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const chroma = width * height + w * Math.floor(h / 2) + Math.floor(w * across);
  const at = (index: number): number => yuv[index] ?? Number.NaN;
  const full = pix_fmt === "yuvj420p";
  const [red, blue] = MATRICES[full ? "smpte170m" : color_space] ?? [Number.NaN, Number.NaN];
  const y = at(width * Math.floor(height / 2) + Math.floor(width * across));
  const luma = full ? y : ((y - 16) * 255) / 219;
  const [cb, cr] = [at(chroma), at(chroma + w * h)].map(
    (value) => ((value - 128) * 255) / (full ? 255 : 224),
  ) as [number, number];
  const [r, b] = [luma + 2 * (1 - red) * cr, luma + 2 * (1 - blue) * cb];
  return [r, (luma - red * r - blue * b) / (1 - red - blue), b];
}

/** Share of frames that ffmpeg detects as interlaced, of those it can classify. */
export async function interlacedShare(file: string): Promise<number> {
  const { stderr } = await execute(quickTools.ffmpeg, [
    ...["-nostdin", "-i", file, "-map", "0:v:0", "-vf", "idet", "-f", "null", "-"],
  ]);
  // ffmpeg 7 prints a line of zeros for a filter graph that it has only tried.
  const counts = [
    ...stderr.matchAll(/Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)/g),
  ].at(-1);
  const [tff = 0, bff = 0, progressive = 0] = (counts ?? []).slice(1).map(Number);
  return (tff + bff) / (tff + bff + progressive);
}

/** Raw samples of ffmpeg's `f32le`. */
export function samplesOf(bytes: Buffer): Float32Array {
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
}

/** Mono samples, -1 to 1. @param rate samples per second */
export async function samples(file: string, rate = 48_000): Promise<Float32Array> {
  const mono = ["-map", "0:a:0", "-ac", "1", "-ar", String(rate)];
  return samplesOf(await decode(file, [...mono, "-f", "f32le"]));
}

/** Mean difference of two images of the same size, 0 to 255. */
export function difference(a: Buffer, b: Buffer): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}
