import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { readCommandLine } from "../scripts/command-line.ts";
import { type Bench, startBench } from "../tests/support/transcoder/bench.ts";
import { planSource } from "../tests/support/transcoder/pipeline.ts";
import type { Plan, VideoRendition } from "../workers/contract/transcodes.ts";
import { isDownloadOnly } from "../workers/domain/downloads.ts";
import { type Delta, deltaRate } from "./quality-curve.ts";
import { hasVmaf, measure, METRICS, type Qualities, type TestEncode } from "./quality-encode.ts";
import { MATERIAL, type Material, writeReference } from "./quality-material.ts";

/**
 * `npm run bench:quality`: bits at equal quality of our ladder, fitted to each title, against the classic fixed one, with
 * the product's encoder arguments and GOPs for both. Every rendition is scaled to the source's size and compared with it
 * there, as a viewer sees it.
 */
const AIMS = { average: -0.3, worst: 0.05, unreached: 0 };

/** Apple's HLS authoring table, H.264, 16:9: height and bits per second. */
const FIXED_LADDER = [
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

/** The product's plan for a reference. */
async function planReference(bench: Bench, file: string): Promise<Plan> {
  bench.storage.link("source", file);
  const { outcome } = await planSource(bench.runner, bench.storage, "source");
  if (outcome.type !== "done" || outcome.result.kind !== "plan")
    throw new Error(`no plan: ${JSON.stringify(outcome)}`);
  return outcome.result.plan;
}

/**
 * The fixed ladder for a source, with one rendition above its size in place of all that would be upscaled. Heights
 * refer to the short side, as in our ladder; fitted into 16:9, portrait video would be too small.
 */
function fixedRenditions({ source: { video } }: Plan, like: VideoRendition): TestEncode[] {
  const short = Math.min(video.width, video.height);
  return FIXED_LADDER.filter(([height]) => height <= short * 1.25).map(([height, bitrate]) => {
    const share = Math.min(1, height / short);
    const even = (side: number): number => 2 * Math.round((side * share) / 2);
    const [width, lines] = [even(video.width), even(video.height)];
    const [maxrate, bufsize] = [Math.round(bitrate * 1.1), bitrate * 2];
    return { rendition: { ...like, width, height: lines, maxrate, bufsize }, bitrate };
  });
}

/** Measures all encodes, one per core at a time. */
async function measureAll(
  bench: Bench,
  plan: Plan,
  reference: string,
  encodes: readonly TestEncode[],
): Promise<Qualities[]> {
  const measured: Qualities[] = [];
  const queue = encodes.entries();
  const work = async (): Promise<void> => {
    for (const [index, encode] of queue) {
      const file = join(bench.folder, `encode-${index}.mp4`);
      measured[index] = await measure(plan, reference, `${bench.storage.url}/source`, encode, file);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return measured;
}

type Row = Record<(typeof METRICS)[number], Delta | undefined>;

async function compareLadders(bench: Bench, material: Material, folder: string): Promise<Row> {
  const reference = join(folder, "reference.mp4");
  await writeReference(material, reference);
  const plan = await planReference(bench, reference);
  const ladder = plan.renditions.flatMap((rendition) =>
    rendition.type === "video" && !isDownloadOnly(rendition) ? [rendition] : [],
  );
  const [lowest] = ladder;
  if (lowest === undefined) throw new Error("a plan without a video rendition");
  const encodes = [...ladder.map((rendition) => ({ rendition })), ...fixedRenditions(plan, lowest)];
  const measured = await measureAll(bench, plan, reference, encodes);
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
}

function percent(delta: Delta | undefined): string {
  if (delta === undefined) return "-".padStart(11);
  if (delta.kind === "unreached") return "unreached".padStart(11);
  const bound = delta.kind === "at most" ? "<=" : "";
  return `${bound}${(delta.rate * 100).toFixed(1)} %`.padStart(11);
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const { values: options } = readCommandLine("Usage: npm run bench:quality -- [--clips NAMES]", {
  options: { clips: { type: "string" } },
});
const wanted = options.clips?.split(",");
const folder = await mkdtemp(join(tmpdir(), "kinora-quality-"));
const rows: Row[] = [];
try {
  await using bench = await startBench();
  console.log("bits at equal quality, ours against the fixed ladder");
  if (!hasVmaf) console.log("no VMAF: this ffmpeg has no libvmaf, or no model for it");
  for (const material of MATERIAL) {
    if (!material.available) console.log(`${material.name} is missing`);
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
  /** The worst result by any single metric. */
  worst: Math.max(...rows.flatMap(rates).filter(Number.isFinite)),
  clips: rows.length,
  /** Sources for which our ladder cannot reach any quality of the fixed one. */
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
