/**
 * `npm run bench:startup-web [-- --runs=30 --networks=unthrottled,throttled]`: milliseconds until a viewer sees the first
 * frame, of our site beside a bare page with hls.js and beside Vidstack, in a real browser. All play the same files from
 * the same running product, in turns. Cold is a new browser profile; warm has opened the page before.
 */
import type { Browser } from "playwright-core";
import { readCommandLine } from "../scripts/command-line.ts";
import { launchBrowser } from "../scripts/product/browser.ts";
import { Playback } from "../workers/contract/playback.ts";
import {
  type NetworkLimits,
  openObservedPage,
  timeDeepLink,
  timeFirstClick,
} from "./startup-web/first-frame.ts";
import { type BenchSite, startSite } from "./site-host.ts";
import { linkPage, peerPage, writePeerPages } from "./startup-web/peers.ts";

const NETWORKS: Record<string, NetworkLimits | null> = {
  unthrottled: null,
  throttled: { latency: 40, bitsPerSecond: 10_000_000 },
};
const MAX_RATIO_TO_BARE = 1.15;
const PLAYERS = ["Kinora", "bare hls.js", "Vidstack"] as const;
const WAYS = ["deep link", "first click"] as const;
const CACHES = ["cold", "warm"] as const;
type PlayerName = (typeof PLAYERS)[number];

interface Case {
  network: string;
  way: (typeof WAYS)[number];
  cache: (typeof CACHES)[number];
  player: PlayerName;
}
const nameOf = ({ network, way, cache }: Case) => `${network}, ${way}, ${cache}`;

const { values } = readCommandLine(
  "Usage: npm run bench:startup-web -- [--runs 30] [--networks unthrottled,throttled]",
  {
    options: {
      runs: { type: "string", default: "30" },
      networks: { type: "string", default: Object.keys(NETWORKS).join(",") },
    },
  },
);
const runs = Number(values.runs);
const networks = values.networks.split(",").filter((name) => name in NETWORKS);

/** Path of the page. Peers, too, get a playback of their own each time, whose segments have their own URLs. */
async function pageOf(player: PlayerName, site: BenchSite): Promise<string> {
  if (player === "Kinora") return `/watch/${site.videoId}`;
  const response = await fetch(`${site.origin}/v1/videos/${site.videoId}/playback`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const { hls } = Playback.parse(await response.json());
  return peerPage(player === "Vidstack" ? "vidstack" : "bare", hls);
}

/** All times of one player on one network: cold and then warm, for each way. */
async function timeOnce(
  browser: Browser,
  site: BenchSite,
  player: PlayerName,
  network: string,
): Promise<[Case, number][]> {
  const times: [Case, number][] = [];
  for (const way of WAYS) {
    const context = await browser.newContext({
      baseURL: site.origin,
      viewport: { width: 1440, height: 900 },
    });
    for (const cache of CACHES) {
      const path = await pageOf(player, site);
      const page = await openObservedPage(context, NETWORKS[network] ?? null);
      const time =
        way === "deep link"
          ? await timeDeepLink(page, path)
          : await timeFirstClick(
              page,
              player === "Kinora" ? "/" : linkPage(path),
              player === "Kinora" ? `a[href="${path}"]` : "a",
            );
      times.push([{ network, way, cache, player }, time]);
      await page.close();
    }
    await context.close();
  }
  return times;
}

/** @param share 0 to 1 */
function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function measure(browser: Browser, site: BenchSite) {
  const times = new Map<string, Record<PlayerName, number[]>>();
  // The first run warms the product up and does not count.
  for (let run = -1; run < runs; run++)
    for (const network of networks)
      for (const player of PLAYERS)
        for (const [measured, time] of await timeOnce(browser, site, player, network)) {
          if (run < 0) continue;
          const name = nameOf(measured);
          const row = times.get(name) ?? { Kinora: [], "bare hls.js": [], Vidstack: [] };
          row[player].push(time);
          times.set(name, row);
        }
  return times;
}

const site = await startSite();
let browser: Browser | undefined;
try {
  await writePeerPages(site.folder);
  browser = await launchBrowser();
  const times = await measure(browser, site);
  const figures: Record<string, Record<string, number>> = {};
  let met = true;
  for (const [name, row] of times) {
    const median = (player: PlayerName) => Math.round(percentile(row[player], 0.5));
    const ratio = Math.round((100 * median("Kinora")) / median("bare hls.js")) / 100;
    met &&= ratio <= MAX_RATIO_TO_BARE && median("Kinora") < median("Vidstack");
    figures[name] = {
      Kinora: median("Kinora"),
      "Kinora p95": Math.round(percentile(row.Kinora, 0.95)),
      bare: median("bare hls.js"),
      "bare p95": Math.round(percentile(row["bare hls.js"], 0.95)),
      Vidstack: median("Vidstack"),
      "Vidstack p95": Math.round(percentile(row.Vidstack, 0.95)),
      "ratio to bare": ratio,
    };
  }
  console.log(`Milliseconds to the first frame, medians and 95th percentiles of ${runs} runs\n`);
  console.table(figures);
  const aims = {
    "Kinora / bare hls.js, medians, at most": MAX_RATIO_TO_BARE,
    "Kinora / Vidstack, medians, below": 1,
  };
  console.log(JSON.stringify({ name: "startup-web", figures, aims, met }));
} finally {
  await browser?.close();
  await site.stop();
}
