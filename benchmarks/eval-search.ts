import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Engine, miniSearch, orama } from "./eval-search-peers.ts";
import { type Question, questions, rankOf } from "./eval-search-queries.ts";
import { readFilms } from "./search-catalogue.ts";
import { startLoaded } from "./search-bulk.ts";
import type { Measured } from "./search-worker.ts";

/**
 * `npm run eval:search -- [--queries 100] [--peers 25] [--seed 1]`: relevance on the real catalogue, beside two peers. Since
 * these take up to seconds for a fuzzy search, they answer the first `--peers` questions of each kind only, and are
 * compared with our answers to the same ones.
 */
const { values } = parseArgs({
  options: {
    queries: { type: "string", default: "100" },
    peers: { type: "string", default: "25" },
    seed: { type: "string", default: "1" },
    verbose: { type: "boolean", default: false },
  },
});

interface Quality {
  mrr: number;
  hit1: number;
  hit3: number;
}

const films = readFilms();
const shared = Math.min(Number(values.peers), Number(values.queries));
const byKind = Map.groupBy(
  questions(films, Number(values.queries), Number(values.seed)),
  (question) => question.kind,
);

const state = mkdtempSync(join(tmpdir(), "kinora-eval-search-"));
const { host } = await startLoaded(state, 8852, films, films.length);
const kinora: Engine = async (query) => {
  const [result] = await host.call<Measured[]>("/search", { queries: [{ q: query, limit: 10 }] });
  return result?.titles ?? [];
};
const own = await ranksOf(kinora, Number(values.queries), true);
await host.stop();
rmSync(state, { recursive: true });
const peers = {
  minisearch: await ranksOf(miniSearch(films), shared),
  orama: await ranksOf(await orama(films), shared),
};

/** Ranks of the first answers to the first `count` questions of each kind. */
async function ranksOf(
  engine: Engine,
  count: number,
  explained = false,
): Promise<Map<string, number[]>> {
  const ranks = new Map<string, number[]>();
  for (const [kind, list] of byKind) {
    const found: number[] = [];
    for (const question of list.slice(0, count)) {
      const titles = await engine(question.query);
      const rank = rankOf(titles, question);
      found.push(rank);
      if (values.verbose && explained && rank !== 1) explain(question, titles, rank);
    }
    ranks.set(kind, found);
  }
  return ranks;
}

const explain = (question: Question, titles: string[], rank: number): void =>
  console.log(
    `${question.kind}: "${question.query}" rank ${rank}; wanted ${[...question.answers].slice(0, 3).join(" | ")}; got ${titles.slice(0, 3).join(" | ")}`,
  );

function quality(ranks: readonly number[]): Quality {
  const mean = (value: (rank: number) => number) =>
    ranks.reduce((sum, rank) => sum + value(rank), 0) / ranks.length;
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return {
    mrr: rounded(mean((rank) => (rank > 0 ? 1 / rank : 0))),
    hit1: rounded(mean((rank) => (rank === 1 ? 1 : 0))),
    hit3: rounded(mean((rank) => (rank > 0 && rank <= 3 ? 1 : 0))),
  };
}

/** Of each kind: ours of all questions, then everyone's of the shared ones. */
const figures = Object.fromEntries(
  [...byKind.keys()].map((kind) => {
    const ranks = own.get(kind) ?? [];
    const ofPeers = Object.entries(peers).map(([name, all]): [string, Quality] => [
      name,
      quality(all.get(kind) ?? []),
    ]);
    return [
      kind,
      {
        all: quality(ranks),
        kinora: quality(ranks.slice(0, shared)),
        ...Object.fromEntries(ofPeers),
      },
    ];
  }),
);

console.log(
  `MRR@10 (hit@1/hit@3) over ${films.length} films, seed ${values.seed}: ${values.queries} questions a kind, then of all engines the first ${shared}`,
);
const columns = ["all", "kinora", ...Object.keys(peers)];
console.log(["kind".padEnd(15), ...columns.map((name) => name.padEnd(20))].join(""));
for (const [kind, row] of Object.entries<Record<string, Quality>>(figures)) {
  const cells = Object.values(row).map(({ mrr, hit1, hit3 }) =>
    `${mrr.toFixed(3)} (${hit1.toFixed(2)}/${hit3.toFixed(2)})`.padEnd(20),
  );
  console.log(kind.padEnd(15) + cells.join(""));
}

const aims = {
  "exact mrr >= 0.97": (figures["exact"]?.all.mrr ?? 0) >= 0.97,
  "one typo mrr >= 0.88": (figures["one typo"]?.all.mrr ?? 0) >= 0.88,
  "below neither peer in any kind": Object.values<Record<string, Quality>>(figures).every((row) =>
    Object.keys(peers).every((peer) => (row["kinora"]?.mrr ?? 0) >= (row[peer]?.mrr ?? 0)),
  ),
};
console.log(
  JSON.stringify({ name: "eval:search", figures, aims, met: Object.values(aims).every(Boolean) }),
);
process.exit(0);
