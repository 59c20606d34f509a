import type { Suggestions } from "../../contract/search.ts";
import { CATEGORIES } from "../../contract/categories.ts";
import { type Catalog, catalogReplica } from "../../db/client.ts";
import { popularStartingWith } from "../../db/popular-searches.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { findCandidates } from "../../db/search/candidates.ts";
import { SOURCES, WHOLE } from "../../db/search/candidate-statement.ts";
import { type Conditions, headMatch } from "../../db/search/match.ts";
import { openIndex, type SearchIndex } from "../../db/search/shards.ts";
import { listedAmong } from "../../db/video-list.ts";
import { marksOf } from "../../domain/search/highlight.ts";
import { addSpellings, interpret, mayBeMisspelt } from "./interpret.ts";
import { type Matcher, wordMatcher } from "../../domain/search/matcher.ts";
import { popularForm } from "./popular.ts";
import { type ParsedQuery, parseQuery } from "../../domain/search/query.ts";
import { rankCandidates } from "./ranked.ts";
import { indexWords, sharesSpaces, squash } from "../../domain/search/text.ts";

type Suggestion = Suggestions["items"][number];

const MAX_PEOPLE = 3;
const MAX_CATEGORIES = 2;
/** Popular searches among other suggestions, and by themselves. */
const MAX_SEARCHES = 2;
const MAX_POPULAR = 8;
/** Candidates looked at for each suggestion: some are namesakes, or hidden. */
const SPARE = 4;
/** Titles found by their letters, which need not be marked as words. */
const BEGINNINGS = SOURCES.exactTitle.bit | SOURCES.titleStart.bit;

/**
 * Completions of titles, people, categories and popular searches for what is being typed; before anything is typed, the
 * popular searches. Only public videos contribute.
 */
export async function suggest(env: Env, typed: string, limit: number): Promise<Suggestions> {
  const query = parseQuery(typed);
  const catalog = catalogReplica(env);
  const popular = popularStartingWith(catalog, popularForm(typed), MAX_POPULAR);
  if (query.words.length === 0) {
    const shown = typed.trim() ? [] : (await popular).map((text) => searchOf(text, []));
    return { items: shown.slice(0, limit) };
  }
  const { ranked, words } = await complete(await openIndex(env), typed, query);
  const [shown, searched] = await Promise.all([
    listedOnly(catalog, ranked.slice(0, limit * SPARE)),
    popular,
  ]);
  const people = peopleOf(shown, words).slice(0, MAX_PEOPLE);
  const categories = categoriesOf(words).slice(0, MAX_CATEGORIES);
  const titles = titlesOf(shown, words, typed);
  const taken = new Set([...titles, ...people].map((item) => popularForm(item.text)));
  const searches = searched
    .filter((text) => !taken.has(text))
    .slice(0, MAX_SEARCHES)
    .map((text) => searchOf(text, words));
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
      // What begins with the letters may still have what is not wanted.
      key: isPlain ? squash(typed) : null,
      covered: false,
      strict: false,
      bounds: [],
      after: -1,
      countTo: WHOLE,
      top: null,
    });
  };
  const { phrases, excluded } = query;
  const isPlain = phrases.length + excluded.length === 0;
  const rest = { phrases, excluded, filters: [] };
  let groups = await interpret(index, query);
  let { candidates } = await find({ groups, ...rest });
  if (candidates.length === 0) {
    groups = await addSpellings(index, groups, mayBeMisspelt);
    ({ candidates } = await find({ groups, ...rest }));
  }
  const wanted = { groups, phrases: [], key: squash(typed) };
  return {
    ranked: rankCandidates(candidates, wanted, Date.now(), true).map((item) => item.candidate),
    words: groups.map(wordMatcher),
  };
}

const searchOf = (text: string, words: readonly Matcher[]): Suggestion => ({
  kind: "query",
  text,
  marks: marksOf(text, words),
  videoId: null,
  category: null,
});

/** Candidates that the catalogue still lists: nothing hidden shows its name. */
async function listedOnly(
  catalog: Catalog,
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  const listed = await listedAmong(
    catalog,
    candidates.map((candidate) => candidate.id),
  );
  return candidates.filter((candidate) => listed.has(candidate.id));
}

function hasAll(text: string, words: readonly Matcher[]): boolean {
  const own = indexWords(text);
  return words.every((word) => own.some((form) => word.quality(form) > 0));
}

/** One suggestion a title, however many videos share it. */
function titlesOf(
  candidates: readonly Candidate[],
  words: readonly Matcher[],
  typed: string,
): Suggestion[] {
  const byKey = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const fits =
      marksOf(candidate.title, words).length > 0 ||
      (candidate.sources & BEGINNINGS && sharesSpaces(candidate.title, typed));
    if (fits && !byKey.has(candidate.key)) byKey.set(candidate.key, candidate);
  }
  return [...byKey.values()].map(({ title, id }) => ({
    kind: "title",
    text: title,
    marks: marksOf(title, words),
    videoId: id,
    category: null,
  }));
}

function peopleOf(candidates: readonly Candidate[], words: readonly Matcher[]): Suggestion[] {
  const videos = new Map<string, number>();
  for (const person of candidates.flatMap((candidate) => candidate.people))
    if (hasAll(person, words)) videos.set(person, (videos.get(person) ?? 0) + 1);
  return [...videos]
    .toSorted((a, b) => b[1] - a[1])
    .map(([text]) => ({
      kind: "person",
      text,
      marks: marksOf(text, words),
      videoId: null,
      category: null,
    }));
}

const categoriesOf = (words: readonly Matcher[]): Suggestion[] =>
  CATEGORIES.filter((category) => hasAll(category.name, words)).map(({ name, slug }) => ({
    kind: "category",
    text: name,
    marks: marksOf(name, words),
    videoId: null,
    category: slug,
  }));
