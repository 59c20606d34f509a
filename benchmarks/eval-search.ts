import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Engine, miniSearch, orama } from "./eval-search-peers.ts";
import { type Question, questions, rankOf } from "./eval-search-queries.ts";
import { readFilms } from "./search-catalogue.ts";
import { naiveMatch } from "./search-queries.ts";
import { startLoaded } from "./search-bulk.ts";

/**
 * `npm run eval:search -- [--queries 100] [--minisearch 100] [--orama 16] [--seed 1]`: relevance on the real catalogue, beside
 * the naive query of the same index and two other engines. These take up to seconds for a fuzzy search, so each answers the
 * first few questions of every kind only, and is compared with our answers to the same ones.
 */
const { values } = parseArgs({
  options: {
    queries: { type: "string", default: "100" },
    minisearch: { type: "string", default: "100" },
    orama: { type: "string", default: "16" },
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
const byKind = Map.groupBy(
  questions(films, Number(values.queries), Number(values.seed)),
  (question) => question.kind,
);

const state = mkdtempSync(join(tmpdir(), "kinora-eval-search-"));
const { host } = await startLoaded(state, 8852, films, films.length);
const kinora: Engine = (query) => host.call<string[]>("/titles", { q: query, limit: 10 });
/** Every word, or the beginning of the last, ranked by bm25 over the very same index: no field counts more than another. */
const naive: Engine = async (query) => {
  const match = naiveMatch({ q: query });
  return match === "" ? [] : host.call<string[]>("/naive-titles", { match });
};
const own = await ranksOf(kinora, Number(values.queries), true);
const simple = await ranksOf(naive, Number(values.queries));
await host.stop();
rmSync(state, { recursive: true });
const peers = {
  naive: simple,
  minisearch: await ranksOf(miniSearch(films), Number(values.minisearch)),
  orama: await ranksOf(await orama(films), Number(values.orama)),
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

function explain(question: Question, titles: string[], rank: number): void {
  console.log(
    `${question.kind}: "${question.query}" rank ${rank}; wanted ${[...question.answers].slice(0, 3).join(" | ")}; got ${titles.slice(0, 3).join(" | ")}`,
  );
}

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

/** Of each kind: our quality, and that of each peer with ours for the questions that it was asked. */
const figures = Object.fromEntries(
  Array.from(byKind.keys(), (kind) => {
    const ranks = own.get(kind) ?? [];
    const beside = Object.entries(peers).map(([name, all]) => {
      const theirs = all.get(kind) ?? [];
      return [name, { peer: quality(theirs), kinora: quality(ranks.slice(0, theirs.length)) }];
    });
    const compared = Object.fromEntries(beside) as Record<
      keyof typeof peers,
      { peer: Quality; kinora: Quality }
    >;
    return [kind, { kinora: quality(ranks), ...compared }];
  }),
);

console.log(
  `MRR@10 (hit@1/hit@3) over ${films.length} films, seed ${values.seed}: ${values.queries} questions a kind, of MiniSearch the first ${values.minisearch}, of Orama the first ${values.orama}; in brackets ours for the same`,
);
console.log(["kind", "kinora", ...Object.keys(peers)].map((name) => name.padEnd(20)).join(""));
for (const [kind, { kinora: all, ...beside }] of Object.entries(figures)) {
  const cells = [
    kind,
    `${all.mrr.toFixed(3)} (${all.hit1.toFixed(2)}/${all.hit3.toFixed(2)})`,
    ...Object.values(beside).map(
      ({ peer, kinora: ours }) => `${peer.mrr.toFixed(3)} [${ours.mrr.toFixed(3)}]`,
    ),
  ];
  console.log(cells.map((cell) => cell.padEnd(20)).join(""));
}

const aims = {
  "exact mrr >= 0.97": (figures["exact"]?.kinora.mrr ?? 0) >= 0.97,
  "one typo mrr >= 0.88": (figures["one typo"]?.kinora.mrr ?? 0) >= 0.88,
  "below no peer in any kind": Object.values(figures).every(({ kinora: _all, ...beside }) =>
    Object.values(beside).every(({ peer, kinora: ours }) => ours.mrr >= peer.mrr),
  ),
};
console.log(
  JSON.stringify({ name: "eval:search", figures, aims, met: Object.values(aims).every(Boolean) }),
);
process.exit(0);
