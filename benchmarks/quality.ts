import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { startBench, tools } from "../containers/testing/bench.ts";
import { runTask, SETTINGS } from "../containers/testing/pipeline.ts";
import type { VideoRendition } from "../workers/contract/transcode.ts";
import { deltaRate, type Point } from "./quality-curve.ts";

/**
 * Bits at equal quality: our ladder, fitted to each title, against the classic fixed one, with the same encoder and
 * preset. Every rung is scaled back to the source's size and compared with it there, as a viewer sees it.
 */
const AIMS = { average: -0.3, worst: 0.05 };
const SECONDS = 2;
const PRESET = [
  "-c:v",
  "libx264",
  "-preset",
  "veryfast",
  "-profile:v",
  "high",
  "-pix_fmt",
  "yuv420p",
];

/** Apple's HLS authoring table, H.264, 16:9: height and bits a second. */
const FIXED = [
  [234, 145_000],
  [360, 365_000],
  [432, 730_000],
  [432, 1_100_000],
  [540, 2_000_000],
  [720, 3_000_000],
  [720, 4_500_000],
  [1080, 6_000_000],
  [1080, 7_800_000],
] as const;

const MEDIA = join(import.meta.dirname, "../../shared/media");
const clip = (name: string, start: number): Material => ({
  name,
  input: ["-ss", String(start), "-i", join(MEDIA, name)],
  available: existsSync(join(MEDIA, name)),
});
type Material = { name: string; input: string[]; available: boolean };
const generated = (name: string, graph: string): Material => ({
  name,
  input: ["-f", "lavfi", "-i", graph],
  available: true,
});

const MATERIAL: readonly Material[] = [
  clip("mb-video.mp4", 0),
  clip("mb-video-h265.mp4", 2),
  clip("mb-annex-b-avc.mkv", 10),
  clip("mb-cursed-vfr.mp4", 1),
  clip("exo-big-buck-bunny.mp4", 3),
  clip("echo-hereweare.webm", 12),
  clip("exo-sample.avi", 0),
  generated("animation", "testsrc2=s=1280x720:r=24,boxblur=2"),
  generated("flat shapes", "smptehdbars=s=1280x720:r=24,rotate=a=t/3:fillcolor=teal"),
  generated("noise", "testsrc2=s=1280x720:r=24,noise=alls=24:allf=t"),
];

const execute = promisify(execFile);
const ffmpeg = async (args: readonly string[]): Promise<string> => {
  const { stderr } = await execute(tools.ffmpeg, ["-hide_banner", "-nostdin", "-y", ...args], {
    maxBuffer: 1 << 26,
  });
  return stderr;
};

const METRICS = ["ssim", "psnr", "vmaf"] as const;
/** `vmaf` only where it can be measured. */
type Qualities = { ssim: Point; psnr: Point; vmaf?: Point };

/** libvmaf needs its model at hand, which builds before 5.0 look for in a folder: so it is tried, not asked for. */
const hasVmaf = await ffmpeg(
  "-f lavfi -i testsrc2=s=64x64:d=0.1 -f lavfi -i testsrc2=s=64x64:d=0.1 -lavfi libvmaf -f null -".split(
    " ",
  ),
).then(
  (log) => log.includes("VMAF score"),
  () => false,
);

/** Encodes the reference in one rung and measures it at the reference's size. */
const encode = async (
  reference: string,
  folder: string,
  width: number,
  height: number,
  rate: readonly string[],
  frames: number,
): Promise<Qualities> => {
  const file = join(folder, "rung.mp4");
  await ffmpeg([
    "-i",
    reference,
    "-vf",
    `scale=${width}:${height}:flags=bicubic`,
    ...PRESET,
    ...rate,
    "-g",
    String(frames),
    "-keyint_min",
    String(frames),
    "-sc_threshold",
    "0",
    "-an",
    file,
  ]);
  const compare = async (graph: string): Promise<string> =>
    ffmpeg(
      [
        "-i",
        file,
        "-i",
        reference,
        "-lavfi",
        `[0][1]scale2ref=flags=bicubic[a][b];${graph}`,
      ].concat(["-f", "null", "-"]),
    );
  const log = await compare("[a]split[a1][a2];[b]split[b1][b2];[a1][b1]ssim;[a2][b2]psnr");
  const ssim = Number(/SSIM.*All:[\d.]+ \(([\d.]+|inf)\)/.exec(log)?.[1]);
  const psnr = Number(/PSNR.*average:([\d.]+|inf)/.exec(log)?.[1]);
  const bits = ((await stat(file)).size * 8) / SECONDS;
  const vmaf = hasVmaf
    ? Number(/VMAF score[:=\s]+([\d.]+)/.exec(await compare("[a][b]libvmaf"))?.[1])
    : undefined;
  return {
    ssim: { rate: bits, quality: ssim },
    psnr: { rate: bits, quality: psnr },
    ...(vmaf === undefined ? {} : { vmaf: { rate: bits, quality: vmaf } }),
  };
};

const size = async (file: string): Promise<{ width: number; height: number }> => {
  const { stdout } = await execute(tools.ffprobe, [
    "-v",
    "error",
    "-select_streams",
    "v:0",
    "-show_entries",
    "stream=width,height",
    "-of",
    "json",
    file,
  ]);
  const { streams } = JSON.parse(stdout) as { streams: { width: number; height: number }[] };
  return streams[0] ?? { width: 0, height: 0 };
};

/** The renditions that a real plan gives the clip. */
const planned = async (
  bench: Awaited<ReturnType<typeof startBench>>,
  file: string,
): Promise<VideoRendition[]> => {
  bench.storage.link("source", file);
  const { outcome } = await runTask(
    bench.url,
    bench.storage,
    { source: "source" },
    { kind: "plan", settings: SETTINGS, remuxed: false },
  );
  if (outcome.type !== "done" || outcome.result.kind !== "plan")
    throw new Error(`no plan: ${JSON.stringify(outcome)}`);
  return outcome.result.plan.renditions.filter((rendition) => rendition.type === "video");
};

const percent = (value: number | undefined): string =>
  (value === undefined ? "-" : `${(value * 100).toFixed(1)} %`).padStart(9);

const folder = await mkdtemp(join(tmpdir(), "kinora-quality-"));
const rows: { ssim: number; psnr: number; vmaf?: number | undefined }[] = [];
try {
  await using bench = await startBench();
  const { values: options } = parseArgs({ options: { clips: { type: "string" } } });
  const wanted = options.clips?.split(",");
  console.log("bits at equal quality, ours against the fixed ladder");
  console.log(hasVmaf ? "" : "no VMAF: this ffmpeg has no libvmaf, or no model for it\n");
  for (const material of MATERIAL.filter(
    ({ name, available }) => available && (wanted?.some((part) => name.includes(part)) ?? true),
  )) {
    const reference = join(folder, "reference.mp4");
    // 720 lines tell the ladders apart; more would only cost time.
    const fit = "scale=w='min(iw\\,1280)':h=-2:flags=bicubic,fps=24,setsar=1,format=yuv420p";
    await ffmpeg([
      ...material.input,
      "-t",
      String(SECONDS),
      "-vf",
      fit,
      "-an",
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-qp",
      "0",
      reference,
    ]);
    const source = await size(reference);
    const frames = SECONDS * 24;
    const ours: Qualities[] = [];
    const ladder = await planned(bench, reference);
    for (const { width, height, crf, maxrate, bufsize } of ladder) {
      ours.push(
        await encode(
          reference,
          folder,
          width,
          height,
          ["-crf", String(crf), "-maxrate", String(maxrate), "-bufsize", String(bufsize)],
          frames,
        ),
      );
    }
    const fixed: Qualities[] = [];
    // A fixed ladder knows no size but its own; one rung above the source stands for all that it would upscale.
    for (const [height, bits] of FIXED.filter(([rung]) => rung <= source.height * 1.25)) {
      const short = Math.min(height, source.height);
      const width = 2 * Math.round((short * source.width) / source.height / 2);
      fixed.push(
        await encode(
          reference,
          folder,
          width,
          2 * Math.floor(short / 2),
          ["-b:v", String(bits), "-maxrate", String(bits * 1.1), "-bufsize", String(bits * 2)],
          frames,
        ),
      );
    }
    const [ssim, psnr, vmaf] = METRICS.map((metric) =>
      deltaRate(
        fixed.flatMap((point) => point[metric] ?? []),
        ours.flatMap((point) => point[metric] ?? []),
      ),
    );
    const rungs = ladder.map(({ id, crf }) => `${id.slice(5)}@${crf}`).join(" ");
    console.log(
      `${material.name.padEnd(24)} SSIM ${percent(ssim)}  PSNR ${percent(psnr)}  VMAF ${percent(vmaf)}  rungs ${rungs}`,
    );
    if (process.env["POINTS"] !== undefined)
      console.log({
        ours: ours.map(({ ssim: { rate, quality } }) => [Math.round(rate / 1000), quality]),
        fixed: fixed.map(({ ssim: { rate, quality } }) => [Math.round(rate / 1000), quality]),
      });
    if (ssim !== undefined && psnr !== undefined) rows.push({ ssim, psnr, vmaf });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const ofEach = METRICS.map((metric) => rows.flatMap((row) => row[metric] ?? []));
const values = rows.map(({ ssim, psnr, vmaf }) =>
  average(vmaf === undefined ? [ssim, psnr] : [ssim, psnr, vmaf]),
);
const figures = {
  average: average(values),
  ...Object.fromEntries(
    METRICS.map((metric, index) => [
      metric,
      hasVmaf || metric !== "vmaf" ? average(ofEach[index] ?? []) : null,
    ]),
  ),
  worst: Math.max(...values),
  clips: values.length,
};
console.log(`\naverage ${percent(figures.average)}, worst ${percent(figures.worst)}`);
console.log(
  JSON.stringify({
    name: "quality",
    figures,
    aims: AIMS,
    met: figures.average <= AIMS.average && figures.worst <= AIMS.worst,
  }),
);
