import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Engine, miniSearch, orama } from "./eval-search-peers.ts";
import { type Question, questions, rankOf } from "./eval-search-queries.ts";
import { readFilms } from "./search-catalogue.ts";
import { startLoaded } from "./search-bulk.ts";
import type { Measured } from "./search-worker.ts";

/** `npm run eval:search -- [--queries 100] [--seed 1]`: relevance on the real catalogue, beside two peers. */
const { values } = parseArgs({
  options: {
    queries: { type: "string", default: "100" },
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
const asked = questions(films, Number(values.queries), Number(values.seed));
const kinds = [...new Set(asked.map((question) => question.kind))];

const state = mkdtempSync(join(tmpdir(), "kinora-eval-search-"));
const { host } = await startLoaded(state, 8852, films, films.length);
const kinora: Engine = async (query) => {
  const [result] = await host.call<Measured[]>("/search", { queries: [{ q: query, limit: 10 }] });
  return result?.titles ?? [];
};

const engines: Record<string, Engine> = {
  kinora,
  minisearch: miniSearch(films),
  orama: await orama(films),
};
const figures: Record<string, Record<string, Quality>> = {};
for (const [name, engine] of Object.entries(engines)) figures[name] = await evaluate(name, engine);
await host.stop();
rmSync(state, { recursive: true });

async function evaluate(name: string, engine: Engine): Promise<Record<string, Quality>> {
  const ranks = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
  for (const question of asked) {
    const titles = await engine(question.query);
    const rank = rankOf(titles, question);
    ranks.get(question.kind)?.push(rank);
    if (values.verbose && name === "kinora" && rank !== 1) explain(question, titles, rank);
  }
  return Object.fromEntries([...ranks].map(([kind, list]) => [kind, quality(list)]));
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

console.log(
  `MRR@10 (hit@1/hit@3) of ${values.queries} queries a kind over ${films.length} films, seed ${values.seed}`,
);
console.log(["kind".padEnd(15), ...Object.keys(engines).map((name) => name.padEnd(22))].join(""));
for (const kind of kinds) {
  const cells = Object.keys(engines).map((name) => {
    const { mrr, hit1, hit3 } = figures[name]?.[kind] ?? { mrr: 0, hit1: 0, hit3: 0 };
    return `${mrr.toFixed(3)} (${hit1.toFixed(2)}/${hit3.toFixed(2)})`.padEnd(22);
  });
  console.log(kind.padEnd(15) + cells.join(""));
}

const mrr = (name: string, kind: string): number => figures[name]?.[kind]?.mrr ?? 0;
const aims = {
  "exact mrr >= 0.97": mrr("kinora", "exact") >= 0.97,
  "one typo mrr >= 0.88": mrr("kinora", "one typo") >= 0.88,
  "below neither peer in any kind": kinds.every(
    (kind) => mrr("kinora", kind) >= Math.max(mrr("minisearch", kind), mrr("orama", kind)),
  ),
};
console.log(
  JSON.stringify({ name: "eval:search", figures, aims, met: Object.values(aims).every(Boolean) }),
);
process.exit(0);
