import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Bench, startBench } from "../tests/support/transcoder/bench.ts";
import { planSource } from "../tests/support/transcoder/pipeline.ts";
import type { Plan, VideoRendition } from "../workers/contract/transcodes.ts";
import { isDownloadOnly } from "../workers/domain/downloads.ts";
import { type Delta, deltaRate } from "./quality-curve.ts";
import { hasVmaf, measure, METRICS, type Qualities, type Rung } from "./quality-encode.ts";
import { MATERIAL, type Material, writeReference } from "./quality-material.ts";

/**
 * Bits at equal quality: our ladder, fitted to each title, against the classic fixed one, with the product's own
 * encoder arguments and GOPs for both. Every rung is scaled back to the source's size and compared with it there, as
 * a viewer sees it.
 */
const AIMS = { average: -0.3, worst: 0.05, unreached: 0 };

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

/** The renditions that a real plan gives the clip. */
const planReference = async (bench: Bench, file: string): Promise<Plan> => {
  bench.storage.link("source", file);
  const { outcome } = await planSource(bench.url, bench.storage, "source");
  if (outcome.type !== "done" || outcome.result.kind !== "plan")
    throw new Error(`no plan: ${JSON.stringify(outcome)}`);
  return outcome.result.plan;
};

/**
 * A fixed ladder knows no size but its own; one rung above the source stands for all that it would upscale. Its heights
 * are taken of the short side, as ours are: fitted into 16:9, a portrait would get nothing good.
 */
const fixedRenditions = ({ source: { video } }: Plan, like: VideoRendition): Rung[] => {
  const short = Math.min(video.width, video.height);
  return FIXED.filter(([height]) => height <= short * 1.25).map(([height, bitrate]) => {
    const share = Math.min(1, height / short);
    const even = (side: number): number => 2 * Math.round((side * share) / 2);
    const [width, lines] = [even(video.width), even(video.height)];
    const [maxrate, bufsize] = [Math.round(bitrate * 1.1), bitrate * 2];
    return { rendition: { ...like, width, height: lines, maxrate, bufsize }, bitrate };
  });
};

/** Measures all rungs, one a core at a time. */
const measureAll = async (
  bench: Bench,
  plan: Plan,
  reference: string,
  rungs: readonly Rung[],
): Promise<Qualities[]> => {
  const measured: Qualities[] = [];
  const queue = rungs.entries();
  const work = async (): Promise<void> => {
    for (const [index, rung] of queue) {
      const file = join(bench.folder, `rung-${index}.mp4`);
      measured[index] = await measure(plan, reference, `${bench.storage.url}/source`, rung, file);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return measured;
};

type Row = Record<(typeof METRICS)[number], Delta | undefined>;

const compareLadders = async (bench: Bench, material: Material, folder: string): Promise<Row> => {
  const reference = join(folder, "reference.mp4");
  await writeReference(material, reference);
  const plan = await planReference(bench, reference);
  const ladder = plan.renditions.flatMap((rendition) =>
    rendition.type === "video" && !isDownloadOnly(rendition) ? [rendition] : [],
  );
  const [lowest] = ladder;
  if (lowest === undefined) throw new Error("a plan without a picture");
  const rungs = [...ladder.map((rendition) => ({ rendition })), ...fixedRenditions(plan, lowest)];
  const measured = await measureAll(bench, plan, reference, rungs);
  const [ours, fixed] = [measured.slice(0, ladder.length), measured.slice(ladder.length)];
  const delta = (metric: (typeof METRICS)[number]): Delta | undefined =>
    metric === "vmaf" && !hasVmaf
      ? undefined
      : deltaRate(
          fixed.flatMap((point) => point[metric] ?? []),
          ours.flatMap((point) => point[metric] ?? []),
        );
  const row = { ssim: delta("ssim"), psnr: delta("psnr"), vmaf: delta("vmaf") };
  const { width, height } = plan.source.video;
  const cells = METRICS.map((metric) => `${metric.toUpperCase()} ${percent(row[metric])}`);
  const sizes = ladder.map(({ id, crf }) => `${id.slice(5)}@${crf}`).join(" ");
  console.log(
    `${material.name.padEnd(24)} ${`${width}x${height}`.padEnd(9)} ${cells.join("  ")}  ${sizes}`,
  );
  if (process.env["POINTS"] !== undefined) console.log(JSON.stringify({ ours, fixed }));
  return row;
};

const percent = (delta: Delta | undefined): string => {
  if (delta === undefined) return "-".padStart(11);
  if (delta.kind === "unreached") return "unreached".padStart(11);
  const bound = delta.kind === "at most" ? "<=" : "";
  return `${bound}${(delta.rate * 100).toFixed(1)} %`.padStart(11);
};

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const { values: options } = parseArgs({ options: { clips: { type: "string" } } });
const wanted = options.clips?.split(",");
const folder = await mkdtemp(join(tmpdir(), "kinora-quality-"));
const rows: Row[] = [];
try {
  await using bench = await startBench();
  console.log("bits at equal quality, ours against the fixed ladder");
  if (!hasVmaf) console.log("no VMAF: this ffmpeg has no libvmaf, or no model for it");
  for (const material of MATERIAL) {
    if (!material.available) console.log(`${material.name} is not there`);
    else if (wanted?.some((part) => material.name.includes(part)) ?? true)
      rows.push(await compareLadders(bench, material, folder));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const rates = (row: Row): number[] => METRICS.flatMap((metric) => row[metric]?.rate ?? []);
const values = rows.map((row) => average(rates(row)));
const reached = values.filter(Number.isFinite);
const figures = {
  average: average(reached),
  ...Object.fromEntries(
    METRICS.map((metric) => {
      const known = rows.flatMap((row) => row[metric]?.rate ?? []).filter(Number.isFinite);
      return [metric, known.length === 0 ? null : average(known)];
    }),
  ),
  /** The worst of all clips by one metric alone: what one hides, another must not. */
  worst: Math.max(...rows.flatMap(rates).filter(Number.isFinite)),
  clips: rows.length,
  /** Clips of which the fixed ladder has no quality that ours can give. */
  unreached: values.length - reached.length,
};
console.log(
  `\naverage ${(figures.average * 100).toFixed(1)} %, worst ${(figures.worst * 100).toFixed(1)} %, ${figures.unreached} unreached`,
);
console.log(
  JSON.stringify({
    name: "quality",
    figures,
    aims: AIMS,
    met:
      figures.average <= AIMS.average &&
      figures.worst <= AIMS.worst &&
      figures.unreached <= AIMS.unreached,
  }),
);
