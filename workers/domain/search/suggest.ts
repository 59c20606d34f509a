import type { Suggestions } from "../../contract/search.ts";
import { CATEGORIES } from "../../contract/category.ts";
import { catalogReplica } from "../../db/client.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { findCandidates, SOURCES } from "../../db/search/candidates.ts";
import { type Conditions, headMatch } from "../../db/search/match.ts";
import { openIndex } from "../../db/search/shards.ts";
import { findVideos } from "../../db/videos.ts";
import { isListed } from "../videos.ts";
import { marksOf } from "./highlight.ts";
import { addSpellings, interpret, mayBeMisspelt } from "./interpret.ts";
import { type Matcher, wordMatcher } from "./matcher.ts";
import { parseQuery } from "./query.ts";
import { rankCandidates } from "./ranked.ts";
import { squash, tokenize } from "./text.ts";

type Suggestion = Suggestions["items"][number];

const MAX_PEOPLE = 3;
const MAX_CATEGORIES = 2;

/** Completions of titles, people and categories for what is being typed. Only public videos contribute. */
export async function suggest(env: Env, typed: string, limit: number): Promise<Suggestions> {
  const query = parseQuery(typed);
  if (query.words.length === 0) return { items: [] };
  const index = await openIndex(env);
  const find = (conditions: Conditions) =>
    findCandidates(index, {
      match: { title: headMatch(conditions), head: headMatch(conditions) },
      key: squash(typed),
      after: -1,
      countTo: SOURCES.body.limit,
      top: null,
    });
  const rest = { phrases: [], excluded: [], filters: [] };
  let groups = await interpret(index, query);
  let { candidates } = await find({ groups, ...rest });
  if (candidates.length === 0) {
    groups = await addSpellings(index, groups, mayBeMisspelt);
    ({ candidates } = await find({ groups, ...rest }));
  }
  const words = groups.map(wordMatcher);
  const ranked = rankCandidates(candidates, groups, Date.now(), true).map((item) => item.candidate);
  const shown = await listedOnly(env, ranked, limit * 4);
  const people = peopleOf(shown, words).slice(0, MAX_PEOPLE);
  const categories = categoriesOf(words).slice(0, MAX_CATEGORIES);
  const titles = titlesOf(shown, words).slice(
    0,
    Math.max(1, limit - people.length - categories.length),
  );
  return { items: [...titles, ...people, ...categories].slice(0, limit) };
}

/** The first candidates that the catalogue still lists: nothing hidden shows its name. */
async function listedOnly(
  env: Env,
  candidates: readonly Candidate[],
  most: number,
): Promise<Candidate[]> {
  const first = candidates.slice(0, most);
  const rows = await findVideos(
    catalogReplica(env),
    first.map((candidate) => candidate.id),
  );
  const listed = new Set(rows.filter(isListed).map((row) => row.id));
  return first.filter((candidate) => listed.has(candidate.id));
}

const hasAll = (text: string, words: readonly Matcher[]): boolean => {
  const tokens = tokenize(text).flatMap((token) => [token.text, ...(token.pairs ?? [])]);
  return words.every((word) => tokens.some((token) => word.quality(token) > 0));
};

/** One suggestion a title, however many videos share it. */
function titlesOf(candidates: readonly Candidate[], words: readonly Matcher[]): Suggestion[] {
  const byKey = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const fits = marksOf(candidate.title, words).length > 0 || candidate.sources & 3;
    if (fits && !byKey.has(candidate.key)) byKey.set(candidate.key, candidate);
  }
  return [...byKey.values()].map(({ title, id }) => ({
    kind: "title",
    text: title,
    marks: marksOf(title, words),
    videoId: id,
  }));
}

function peopleOf(candidates: readonly Candidate[], words: readonly Matcher[]): Suggestion[] {
  const videos = new Map<string, number>();
  for (const person of candidates.flatMap((candidate) => candidate.people))
    if (hasAll(person, words)) videos.set(person, (videos.get(person) ?? 0) + 1);
  return [...videos]
    .toSorted((a, b) => b[1] - a[1])
    .map(([text]) => ({ kind: "person", text, marks: marksOf(text, words), videoId: null }));
}

const categoriesOf = (words: readonly Matcher[]): Suggestion[] =>
  CATEGORIES.filter((category) => hasAll(category.name, words)).map(({ name }) => ({
    kind: "category",
    text: name,
    marks: marksOf(name, words),
    videoId: null,
  }));
