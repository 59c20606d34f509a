import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommandLine } from "../scripts/command-line.ts";
import { type Engine, miniSearch, orama } from "./eval-search-peers.ts";
import { type Question, questions, rankOf } from "./eval-search-queries.ts";
import { TYPED_KINDS, typedQuestions } from "./eval-search-typed.ts";
import { readFilms } from "./search-catalogue.ts";
import { naiveMatch } from "./search-queries.ts";
import { startLoaded } from "./search-bulk.ts";

/**
 * `npm run eval:search -- [--queries 100] [--minisearch 100] [--orama 16] [--seed 1] [--verbose]`: relevance on the real film
 * catalogue, beside the naive query of the same index and two other engines. These take up to seconds for a fuzzy search, so
 * each answers only the first questions of every kind, and is compared with our answers to the same questions.
 */
const { values } = readCommandLine(
  "Usage: npm run eval:search -- [--queries 100] [--minisearch 100] [--orama 16] [--seed 1] [--verbose]",
  {
    options: {
      queries: { type: "string", default: "100" },
      minisearch: { type: "string", default: "100" },
      orama: { type: "string", default: "16" },
      seed: { type: "string", default: "1" },
      verbose: { type: "boolean", default: false },
    },
  },
);

interface Relevance {
  mrr: number;
  hit1: number;
  hit3: number;
}

const films = readFilms();
const [count, seed] = [Number(values.queries), Number(values.seed)];
const byKind = Map.groupBy(
  [...questions(films, count, seed), ...typedQuestions(films, count, seed)],
  (question) => question.kind,
);

const state = mkdtempSync(join(tmpdir(), "kinora-eval-search-"));
const { host } = await startLoaded(state, 8852, films, films.length);
const kinora: Engine = (query) => host.call<string[]>("/titles", { q: query, limit: 10 });
/** All words, the last one as a prefix, ranked by bm25 over the same index: no field counts more than another. */
const naive: Engine = async (query) => {
  const match = naiveMatch({ q: query });
  return match === "" ? [] : host.call<string[]>("/naive-titles", { match });
};
const kinoraRanks = await ranksOf(kinora, count, true);
const naiveRanks = await ranksOf(naive, count);
await host.stop();
rmSync(state, { recursive: true });
const peers = {
  naive: naiveRanks,
  minisearch: await ranksOf(miniSearch(films), Number(values.minisearch)),
  orama: await ranksOf(await orama(films), Number(values.orama)),
};

/** For each kind, the ranks of the first answers to its first `count` questions. */
async function ranksOf(
  engine: Engine,
  count: number,
  isExplained = false,
): Promise<Map<string, number[]>> {
  const ranks = new Map<string, number[]>();
  for (const [kind, list] of byKind) {
    const found: number[] = [];
    for (const question of list.slice(0, count)) {
      const titles = await engine(question.query);
      const rank = rankOf(titles, question);
      found.push(rank);
      if (values.verbose && isExplained && rank !== 1) explain(question, titles, rank);
    }
    ranks.set(kind, found);
  }
  return ranks;
}

function explain(question: Question, titles: string[], rank: number): void {
  console.log(
    `${question.kind}: "${question.query}" rank ${rank}; expected ${[...question.answers].slice(0, 3).join(" | ")}; got ${titles.slice(0, 3).join(" | ")}`,
  );
}

function relevance(ranks: readonly number[]): Relevance {
  const mean = (value: (rank: number) => number) =>
    ranks.reduce((sum, rank) => sum + value(rank), 0) / ranks.length;
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return {
    mrr: rounded(mean((rank) => (rank > 0 ? 1 / rank : 0))),
    hit1: rounded(mean((rank) => (rank === 1 ? 1 : 0))),
    hit3: rounded(mean((rank) => (rank > 0 && rank <= 3 ? 1 : 0))),
  };
}

/** For each kind: our relevance, and that of each peer with ours for the same questions. */
const figures = Object.fromEntries(
  Array.from(byKind.keys(), (kind) => {
    const ranks = kinoraRanks.get(kind) ?? [];
    const beside = Object.entries(peers).map(([name, all]) => {
      const theirs = all.get(kind) ?? [];
      return [name, { peer: relevance(theirs), kinora: relevance(ranks.slice(0, theirs.length)) }];
    });
    const compared = Object.fromEntries(beside) as Record<
      keyof typeof peers,
      { peer: Relevance; kinora: Relevance }
    >;
    return [kind, { kinora: relevance(ranks), ...compared }];
  }),
);

console.log(
  `MRR@10 (hit@1/hit@3) over ${films.length} films, seed ${values.seed}: ${values.queries} questions per kind, MiniSearch the first ${values.minisearch}, Orama the first ${values.orama}; in brackets ours for the same questions`,
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
  ...Object.fromEntries(
    Object.keys(TYPED_KINDS).map((kind) => [
      `${kind} mrr >= 0.95`,
      (figures[kind]?.kinora.mrr ?? 0) >= 0.95,
    ]),
  ),
  "below no peer in any kind": Object.values(figures).every(({ kinora: _all, ...beside }) =>
    Object.values(beside).every(({ peer, kinora: ours }) => ours.mrr >= peer.mrr),
  ),
};
console.log(
  JSON.stringify({ name: "eval:search", figures, aims, met: Object.values(aims).every(Boolean) }),
);
process.exit(0);
