/**
 * `npm run bench:fanout`: encodes the same video with one single-threaded runner and with two, twice each, because the
 * speed of a shared computer changes within minutes. Efficiency 1 means that two need half the time. The Worker, its
 * databases and its storage use the same cores; their share is printed. wrangler's bundlers, which no deployment has, are
 * stopped meanwhile. The baseline is also printed: the efficiency of two bare encoders on this computer, whose cores may be
 * threads of one.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../scripts/api-client.ts";
import { generateSource, runFfmpeg } from "../scripts/product/sample-video.ts";
import { startDevStack } from "../scripts/product/dev-stack.ts";
import { follow, ladderWall } from "./follow.ts";
import { pauseBundlers, processorSeconds } from "./processor.ts";
import { printReport } from "./report.ts";

const SOURCE = { seconds: 120, width: 1280, height: 720, bitrate: 5_000_000 };
const MIN_EFFICIENCY = 0.85;
/** Numbers of runners, in an order in which a slow drift of the computer's speed cancels out. */
const RUNS = [1, 2, 2, 1];

/** @returns seconds for the whole ladder, and the Worker's share of all cores, upload included */
async function encodeWith(
  runners: number,
  source: string,
): Promise<{ wall: number; share: number }> {
  const stack = await startDevStack({ runners, slots: 1, env: { THREADS: "1" } });
  const resumeBundlers = pauseBundlers(stack.pid);
  try {
    const api = new ApiClient(stack.origin);
    await api.signIn({
      name: "Benchmark",
      email: "bench@kinora.localhost",
      password: "a video is measured here",
    });
    const used = processorSeconds(stack.pid, "workerd");
    const { id, upload, ready } = await follow(api, source, "ready");
    const share =
      (processorSeconds(stack.pid, "workerd") - used) / ((upload + ready) * availableParallelism());
    return { wall: await ladderWall(api, id), share };
  } finally {
    resumeBundlers();
    await stack.stop();
  }
}

function mean(results: { wall: number; share: number }[]): { wall: number; share: number } {
  const sum = (values: number[]): number => values.reduce((left, right) => left + right);
  return {
    wall: sum(results.map(({ wall }) => wall)) / results.length,
    share: sum(results.map(({ share }) => share)) / results.length,
  };
}

/** @returns the efficiency of two single-threaded encoders at once */
async function bareEfficiency(source: string): Promise<number> {
  const encode = () =>
    runFfmpeg([
      ...["-threads", "1", "-t", "30", "-i", source, "-an"],
      ...["-c:v", "libx264", "-threads", "1", "-f", "null", "-"],
    ]);
  const start = performance.now();
  await encode();
  const between = performance.now();
  await Promise.all([encode(), encode()]);
  return (between - start) / (performance.now() - between);
}

const folder = await mkdtemp(join(tmpdir(), "kinora-fanout-"));
const source = join(folder, "source.mp4");
try {
  await generateSource(source, SOURCE);
  const results = new Map<number, { wall: number; share: number }[]>();
  for (const runners of RUNS) {
    const result = await encodeWith(runners, source);
    console.log(`${runners} runner(s): ${result.wall.toFixed(2)} s`);
    results.set(runners, [...(results.get(runners) ?? []), result]);
  }
  const one = mean(results.get(1)!);
  const two = mean(results.get(2)!);
  const efficiency = one.wall / (2 * two.wall);
  const bare = await bareEfficiency(source);
  printReport(
    "bench:fanout",
    {
      "one runner: ladder, s": one.wall,
      "two runners: ladder, s": two.wall,
      efficiency,
      "two bare encoders: efficiency": bare,
      "efficiency / that of two bare encoders": efficiency / bare,
      "one runner: the Worker's share of the cores": one.share,
      "two runners: the Worker's share of the cores": two.share,
    },
    { "efficiency >= 0.85": efficiency >= MIN_EFFICIENCY },
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
