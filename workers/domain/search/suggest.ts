import type { Suggestions } from "../../contract/search.ts";
import { CATEGORIES } from "../../contract/category.ts";
import { type Catalog, catalogReplica } from "../../db/client.ts";
import { popularStartingWith } from "../../db/popular-searches.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { findCandidates, WHOLE } from "../../db/search/candidates.ts";
import { type Conditions, headMatch } from "../../db/search/match.ts";
import { openIndex, type SearchIndex } from "../../db/search/shards.ts";
import { findVideos } from "../../db/videos.ts";
import { isListed } from "../videos.ts";
import { marksOf } from "./highlight.ts";
import { addSpellings, interpret, mayBeMisspelt } from "./interpret.ts";
import { type Matcher, wordMatcher } from "./matcher.ts";
import { popularForm } from "./popular.ts";
import { type ParsedQuery, parseQuery } from "./query.ts";
import { rankCandidates } from "./ranked.ts";
import { squash, tokenize } from "./text.ts";

type Suggestion = Suggestions["items"][number];

const MAX_PEOPLE = 3;
const MAX_CATEGORIES = 2;
/** Popular searches among other suggestions, and by themselves. */
const MAX_SEARCHES = 2;
const MAX_POPULAR = 8;

/**
 * Completions of titles, people, categories and popular searches for what is being typed; before anything is typed, the
 * popular searches. Only public videos contribute.
 */
export async function suggest(env: Env, typed: string, limit: number): Promise<Suggestions> {
  const query = parseQuery(typed);
  const catalog = catalogReplica(env);
  const popular = popularStartingWith(catalog, popularForm(typed), MAX_POPULAR);
  if (query.words.length === 0) {
    const shown = typed.trim() ? [] : await popularOf(catalog, await popular, []);
    return { items: shown.slice(0, limit) };
  }
  const { ranked, words } = await complete(await openIndex(env), typed, query);
  const shown = await listedOnly(catalog, ranked, limit * 4);
  const people = peopleOf(shown, words).slice(0, MAX_PEOPLE);
  const categories = categoriesOf(words).slice(0, MAX_CATEGORIES);
  const titles = titlesOf(shown, words);
  const taken = new Set([...titles, ...people].map((item) => popularForm(item.text)));
  const searches = (await popularOf(catalog, await popular, words))
    .filter((item) => !taken.has(popularForm(item.text)))
    .slice(0, MAX_SEARCHES);
  const rest = limit - people.length - categories.length - searches.length;
  return {
    items: [...titles.slice(0, Math.max(1, rest)), ...searches, ...people, ...categories].slice(
      0,
      limit,
    ),
  };
}

/** Candidates for what is being typed, best first, and what of them to mark. */
async function complete(
  index: SearchIndex,
  typed: string,
  query: ParsedQuery,
): Promise<{ ranked: Candidate[]; words: Matcher[] }> {
  const find = (conditions: Conditions) => {
    const words = headMatch(conditions);
    return findCandidates(index, {
      match: { title: words, head: words },
      key: squash(typed),
      bounds: [],
      after: -1,
      countTo: WHOLE,
      top: null,
    });
  };
  const rest = { phrases: [], excluded: [], filters: [] };
  let groups = await interpret(index, query);
  let { candidates } = await find({ groups, ...rest });
  if (candidates.length === 0) {
    groups = await addSpellings(index, groups, mayBeMisspelt);
    ({ candidates } = await find({ groups, ...rest }));
  }
  return {
    ranked: rankCandidates(candidates, groups, Date.now(), true).map((item) => item.candidate),
    words: groups.map(wordMatcher),
  };
}

/** Popular searches whose video is still listed: a hidden title does not live on as a query. */
async function popularOf(
  catalog: Catalog,
  searches: Awaited<ReturnType<typeof popularStartingWith>>,
  words: readonly Matcher[],
): Promise<Suggestion[]> {
  const listed = await listedIds(
    catalog,
    searches.map((search) => search.videoId),
  );
  return searches
    .filter((search) => listed.has(search.videoId))
    .map(({ text }) => ({ kind: "query", text, marks: marksOf(text, words), videoId: null }));
}

async function listedIds(catalog: Catalog, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  return new Set((await findVideos(catalog, ids)).filter(isListed).map((row) => row.id));
}

/** The first candidates that the catalogue still lists: nothing hidden shows its name. */
async function listedOnly(
  catalog: Catalog,
  candidates: readonly Candidate[],
  most: number,
): Promise<Candidate[]> {
  const first = candidates.slice(0, most);
  const listed = await listedIds(
    catalog,
    first.map((candidate) => candidate.id),
  );
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
