/**
 * `npm run bench:lighthouse [-- --runs=3 --page=watch --http1]`: Lighthouse's four scores of home, search and watch (or of one)
 * at its mobile settings (a mid-tier phone on slow 4G), medians of some runs, and the scripts that each page loads. It names
 * every audit that costs points. Pages come over HTTP/2, as from Cloudflare, unless `--http1` asks for the local servers
 * themselves. Those and Lighthouse step back behind the browser, since on a real visit they run elsewhere. On computers that are
 * slower than Lighthouse expects, the processor is slowed down less, as Lighthouse advises:
 * https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md#calibrating-the-cpu-slowdown
 */
import { setPriority } from "node:os";
import lighthouse from "lighthouse";
import { throttling } from "lighthouse/core/config/constants.js";
import { readCommandLine, refuseCommandLine } from "../scripts/command-line.ts";
import { freePorts } from "../scripts/product/dev-stack.ts";
import { launchBrowser } from "../scripts/product/browser.ts";
import { setSessionNiceness } from "../scripts/product/step-back.ts";
import { startHttp2Front } from "./http2-front.ts";
import { startSite } from "./site-host.ts";

const MIN_SCORE = 98;
/** Kilobytes of scripts as transferred. The watch page's includes hls.js (docs/decisions/630-hls-from-sources.md). */
const MAX_SCRIPT_KB: Record<string, number> = { home: 60, search: 60, watch: 225 };
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
type Category = (typeof CATEGORIES)[number];
/**
 * What Lighthouse's slowdown of 4 leaves of the index in the middle of the range that it is meant for: high-end desktops,
 * with an index of 1500 to 2000.
 */
const PHONE_BENCHMARK_INDEX = 1750 / 4;
/** Chromium sometimes starts a trace after the page has started; Lighthouse then has to run again. */
const MAX_TRACES = 3;
/**
 * Niceness of the servers and of Lighthouse itself, whose work would otherwise delay the browser's and count as a
 * slower phone.
 */
const SERVER_NICENESS = 10;
const OWN_NICENESS = 5;

interface PageScores {
  scores: Record<Category, number>;
  scriptKb: number;
  /** Milliseconds for which tasks blocked the thread (total blocking time). */
  blockedMs: number;
  /** Audits below their full score, and what they say. */
  lost: string[];
}

interface NetworkRequest {
  resourceType?: string;
  transferSize?: number;
}

/** @throws Error when Lighthouse cannot load the page, or cannot trace it however often it is asked */
async function trace(url: string, port: number, cpuSlowdownMultiplier: number) {
  for (let left = MAX_TRACES - 1; ; left -= 1) {
    const outcome = await lighthouse(url, {
      port,
      onlyCategories: [...CATEGORIES],
      throttling: { ...throttling.mobileSlow4G, cpuSlowdownMultiplier },
      logLevel: "error",
    });
    if (!outcome) throw new Error(`Lighthouse has no result for ${url}.`);
    const { runtimeError } = outcome.lhr;
    if (!runtimeError) return outcome.lhr;
    if (left === 0 || runtimeError.code !== "NO_NAVSTART")
      throw new Error(`${url}: ${runtimeError.message}`);
  }
}

async function audit(url: string, port: number, slowdown: number): Promise<PageScores> {
  const { categories, audits } = await trace(url, port, slowdown);
  const requests = audits["network-requests"]?.details;
  const items = requests?.type === "table" ? (requests.items as NetworkRequest[]) : [];
  const scripts = items.filter(({ resourceType }) => resourceType === "Script");
  const weighted = CATEGORIES.flatMap((name) => categories[name]?.auditRefs ?? []).filter(
    ({ weight }) => weight > 0,
  );
  return {
    scores: Object.fromEntries(
      CATEGORIES.map((name) => [name, Math.round((categories[name]?.score ?? 0) * 100)]),
    ) as Record<Category, number>,
    blockedMs: audits["total-blocking-time"]?.numericValue ?? Number.NaN,
    scriptKb: scripts.reduce((sum, { transferSize = 0 }) => sum + transferSize, 0) / 1000,
    lost: weighted.flatMap(({ id }) => {
      const { score = 1, title = id, displayValue = "" } = audits[id] ?? {};
      return score !== null && score < 0.9 ? [`${title} ${displayValue}`.trim()] : [];
    }),
  };
}

function medianOf(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const USAGE = "Usage: npm run bench:lighthouse -- [--runs 3] [--page home|search|watch] [--http1]";
const { values } = readCommandLine(USAGE, {
  options: {
    runs: { type: "string", default: "3" },
    page: { type: "string" },
    http1: { type: "boolean", default: false },
  },
});
if (values.page !== undefined && !Object.hasOwn(MAX_SCRIPT_KB, values.page))
  refuseCommandLine(`There is no page "${values.page}".`, USAGE);
const site = await startSite({ niceness: SERVER_NICENESS });
const front = values.http1 ? null : await startHttp2Front(site.origin);
const origin = front?.origin ?? site.origin;
const [port = 0] = await freePorts(1);
const browser = await launchBrowser({ debuggingPort: port, anyCertificate: front !== null });
// The browser has its own priority by this time.
setPriority(OWN_NICENESS);
setSessionNiceness("self", OWN_NICENESS);
try {
  const pages = {
    home: "/",
    // Search results are excluded from search engines, which costs points by design.
    search: "/search",
    watch: `/watch/${site.videoId}`,
  };
  const { environment } = await trace(origin, port, 1);
  const ratio = environment.benchmarkIndex / PHONE_BENCHMARK_INDEX;
  const slowdown = Math.min(Math.max(1, ratio), throttling.mobileSlow4G.cpuSlowdownMultiplier);
  console.log(
    `Lighthouse's index of this computer is ${environment.benchmarkIndex}: slowed down ${slowdown.toFixed(1)} times.`,
  );
  const figures: Record<string, Record<string, number>> = {};
  const lost: string[] = [];
  let met = true;
  for (const [name, path] of Object.entries(pages)) {
    if (values.page !== undefined && name !== values.page) continue;
    const runs: PageScores[] = [];
    for (let run = 0; run < Number(values.runs); run++)
      runs.push(await audit(origin + path, port, slowdown));
    const scores = Object.fromEntries(
      CATEGORIES.map((category) => [category, medianOf(runs.map((run) => run.scores[category]))]),
    );
    const scriptKb = Math.round(medianOf(runs.map((run) => run.scriptKb)));
    met &&= Object.values(scores).every((score) => score >= MIN_SCORE);
    met &&= scriptKb <= (MAX_SCRIPT_KB[name] ?? 0);
    figures[name] = { ...scores, "scripts, kB": scriptKb };
    const blocked = runs.map((run) => Math.round(run.blockedMs)).toSorted((a, b) => a - b);
    console.log(`${name}: blocked for ${blocked.join(", ")} ms.`);
    lost.push(...new Set(runs.flatMap((run) => run.lost.map((text) => `${name}: ${text}`))));
  }
  console.table(figures);
  for (const line of lost) console.log(line);
  const aims = { "every score, at least": MIN_SCORE, "scripts in kB, at most": MAX_SCRIPT_KB };
  console.log(JSON.stringify({ name: "lighthouse", figures, aims, met }));
} finally {
  setSessionNiceness("self", 0);
  await browser.close();
  front?.stop();
  await site.stop();
}
