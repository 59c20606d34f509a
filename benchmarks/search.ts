import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { readCommandLine } from "../scripts/command-line.ts";
import { readFilms } from "./search-catalogue.ts";
import { startLoaded } from "./search-bulk.ts";
import type { SearchHost } from "./search-host.ts";
import { Postgres, postgresPrograms } from "./search-postgres.ts";
import { type BenchmarkQuery, naiveMatch, searches } from "./search-queries.ts";
import type { SearchCost } from "./search-worker.ts";

/**
 * `npm run bench:search -- [--records 1000000] [--queries 2000] [--peers 180] [--state folder] [--skip-postgres]`: the cost
 * of a search over local D1, beside `MATCH ... ORDER BY bm25` on the same index and PostgreSQL on the same records. The
 * databases are kept in the state folder, so that a second run need not load them again.
 */
const { values } = readCommandLine(
  "Usage: npm run bench:search -- [--records 1000000] [--queries 2000] [--peers 180] [--state FOLDER] [--skip-postgres]",
  {
    options: {
      records: { type: "string", default: "1000000" },
      queries: { type: "string", default: "2000" },
      peers: { type: "string", default: "180" },
      state: { type: "string", default: join(tmpdir(), "kinora-bench-search") },
      "skip-postgres": { type: "boolean", default: false },
    },
  },
);
const records = Number(values.records);
const state = join(values.state, String(records));

interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** Linux reports CPU time in ticks of USER_HZ, which is 100 per second. */
const MS_PER_TICK = 10;

const round = (value: number): number => Math.round(value * 10) / 10;

function percentiles(list: readonly number[]): Percentiles {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

async function searchKinora(
  host: SearchHost,
  queries: readonly BenchmarkQuery[],
): Promise<SearchCost[]> {
  const results: SearchCost[] = [];
  for (let at = 0; at < queries.length; at += 50) {
    const batch = queries.slice(at, at + 50).map((one) => one.query);
    results.push(...(await host.call<SearchCost[]>("/search", { queries: batch })));
  }
  return results;
}

async function searchNaive(
  host: SearchHost,
  queries: readonly BenchmarkQuery[],
): Promise<(number | null)[]> {
  const results: (number | null)[] = [];
  for (const one of queries)
    results.push(await host.call<number | null>("/naive", { match: naiveMatch(one.query) }));
  return results;
}

/** Milliseconds of PostgreSQL for the same searches; null if it is skipped or Debian's package is not installed. */
async function searchPostgres(
  queries: readonly BenchmarkQuery[],
): Promise<{ ms: number[]; bytes: number } | null> {
  const programs = values["skip-postgres"] ? null : postgresPrograms();
  if (!programs) return null;
  const postgres = new Postgres(programs, join(state, "postgres"));
  postgres.start();
  try {
    if (postgres.records() !== records) await postgres.load(films, records);
    await warm(join(state, "postgres"));
    return { ms: postgres.search(queries), bytes: postgres.bytes() };
  } finally {
    postgres.stop();
  }
}

/**
 * CPU milliseconds that workerd has used, from /proc (0 if that does not exist). On a busy host, wall time consists
 * mostly of waiting for a core; CPU time does not.
 */
function workerdCpuMs(): number {
  if (!existsSync("/proc/self/stat")) return 0;
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (stat.includes("(workerd)") && Number(fields[1]) === process.pid)
        ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // The process has just ended.
    }
  }
  return ticks * MS_PER_TICK;
}

/** Reads all files in a folder once, so that the figures do not depend on what is still in the page cache. */
async function warm(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      await finished(createReadStream(join(entry.parentPath, entry.name)).resume());
}

/** Number of titles to compare the ranks of. */
const RANKED_TITLES = 60;

/** Mean reciprocal ranks of exact titles among the first ten results (MRR@10). */
async function titleRanks(
  host: SearchHost,
  queries: readonly BenchmarkQuery[],
): Promise<{ kinora: number; naive: number }> {
  const sums = { kinora: 0, naive: 0 };
  const titles = queries.filter((one) => one.kind === "title").slice(0, RANKED_TITLES);
  for (const { query } of titles) {
    const { q = "" } = query;
    const own = await host.call<string[]>("/titles", { q, limit: 10 });
    const naive = await host.call<string[]>("/naive-titles", { match: naiveMatch(query) });
    sums.kinora += 1 / (1 + rankOf(q, own));
    sums.naive += 1 / (1 + rankOf(q, naive));
  }
  const mean = (sum: number) => Math.round((sum / titles.length) * 1000) / 1000;
  return { kinora: mean(sums.kinora), naive: mean(sums.naive) };
}

/** Rank of a title from 0; infinite if it is not among the first ten. */
function rankOf(title: string, found: readonly string[]): number {
  const at = found.slice(0, 10).indexOf(title);
  return at < 0 ? Infinity : at;
}

const films = readFilms();
const queries = searches(films, Number(values.queries), 1);
const shared = queries.slice(0, Number(values.peers));
// PostgreSQL gets searches only, without those whose filters its table has no columns for.
const postgresQueries = shared.filter(({ kind }) => kind !== "suggest" && kind !== "other filters");
const { host, load } = await startLoaded(state, 8853, films, records);
await warm(join(state, "d1"));
// The first queries of a fresh isolate compile statements and fill caches.
await searchKinora(host, searches(films, 180, 2));
const cpuBefore = workerdCpuMs();
const kinora = await searchKinora(host, queries);
const cpu = (workerdCpuMs() - cpuBefore) / queries.length;
const naiveShared = shared.filter((one) => naiveMatch(one.query) !== "");
const naiveBefore = workerdCpuMs();
const naiveAnswers = await searchNaive(host, naiveShared);
const answered = naiveShared.filter((_, i) => naiveAnswers[i] !== null);
const naive = naiveAnswers.filter((ms) => ms !== null);
const kinoraShared = kinora.filter((_, i) => answered.includes(queries[i] as BenchmarkQuery));
const naiveCpu = (workerdCpuMs() - naiveBefore) / naiveShared.length;
const relevance = await titleRanks(host, queries);
const floor = percentiles(await host.call<number[]>("/floor", { calls: 200 }));
const { bytes } = await host.call<{ bytes: number }>("/size", {});
await host.stop();
const postgres = await searchPostgres(postgresQueries);

const costs = {
  kinora: percentiles(kinora.map((result) => result.ms)),
  "same as naive": percentiles(kinoraShared.map((result) => result.ms)),
  naive: percentiles(naive),
  ...(postgres ? { postgres: percentiles(postgres.ms) } : {}),
};
const rows = percentiles(kinora.map((result) => result.rowsRead));
const mostRows = Math.max(...kinora.map((result) => result.rowsRead));

console.log(`${records} records, ${queries.length} searches (peers: the first ${shared.length})`);
console.log(
  `loaded at ${Math.round(load.records / load.seconds)} records/s; index ${Math.round(bytes / 1e6)} MB`,
);
if (postgres) console.log(`PostgreSQL table and indexes ${Math.round(postgres.bytes / 1e6)} MB`);
console.log("\nmilliseconds        p50      p95      p99");
for (const [name, cost] of Object.entries(costs))
  console.log(
    name.padEnd(14) + [cost.p50, cost.p95, cost.p99].map((ms) => String(ms).padStart(9)).join(""),
  );
console.log(
  `\nCPU per search, mean: kinora ${round(cpu)} ms, naive ${round(naiveCpu)} ms (load average ${loadavg().map(round).join(" ")})`,
);
const calls = percentiles(kinora.map((result) => result.calls));
const sqlMs = percentiles(kinora.map((result) => result.sqlMs));
console.log(
  `D1 calls per search: p50 ${calls.p50}, p95 ${calls.p95}; SQL p50 ${sqlMs.p50} ms, p95 ${sqlMs.p95} ms`,
);
console.log(`D1 call for SELECT 1: p50 ${floor.p50} ms, p95 ${floor.p95} ms`);
console.log(`rows read per search: p50 ${rows.p50}, p95 ${rows.p95}, most ${mostRows}`);
console.log(`${naiveShared.length - answered.length} naive searches ran out of memory`);
console.log(`MRR@10 of exact titles: kinora ${relevance.kinora}, naive ${relevance.naive}`);
console.log("\nkind               p50 ms   p95 ms   most rows   naive p95   postgres p95");
for (const kind of new Set(queries.map((one) => one.kind))) {
  const own = kinora.filter((_, i) => queries[i]?.kind === kind);
  const cost = percentiles(own.map((result) => result.ms));
  const naiveCost = percentiles(naive.filter((_, i) => answered[i]?.kind === kind));
  const postgresCost = percentiles(
    (postgres?.ms ?? []).filter((_, i) => postgresQueries[i]?.kind === kind),
  );
  const most = Math.max(...own.map((result) => result.rowsRead));
  console.log(
    kind.padEnd(17) +
      [cost.p50, cost.p95, most, naiveCost.p95, postgresCost.p95]
        .map((value, i) => String(value).padStart(i < 2 ? 9 : 12))
        .join(""),
  );
}

const aims = {
  "p95 <= 25 ms": costs.kinora.p95 <= 25,
  "at most 5000 rows read": mostRows <= 5000,
  "20x faster than naive at p95": costs.naive.p95 >= 20 * costs["same as naive"].p95,
  "relevance no worse": relevance.kinora >= relevance.naive,
};
const figures = {
  records,
  queries: queries.length,
  loadPerSecond: Math.round(load.records / load.seconds),
  indexBytes: bytes,
  milliseconds: costs,
  cpuMilliseconds: { kinora: round(cpu), naive: round(naiveCpu) },
  loadAverage: loadavg().map(round),
  rowsRead: { ...rows, most: mostRows },
  calls,
  floorMilliseconds: floor,
  sqlMilliseconds: sqlMs,
  titleMrr: relevance,
  naiveOutOfMemory: naiveShared.length - answered.length,
};
console.log(
  JSON.stringify({ name: "bench:search", figures, aims, met: Object.values(aims).every(Boolean) }),
);
process.exit(0);
