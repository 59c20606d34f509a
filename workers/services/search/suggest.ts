import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import type { Suggestions } from "../../contract/search.ts";
import { type Catalog, catalogReplica } from "../../db/client.ts";
import { popularStartingWith } from "../../db/popular-searches.ts";
import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import { MAX_WHOLE_RESULT, SOURCES } from "../../db/search/candidate-statement.ts";
import { findCandidates } from "../../db/search/candidates.ts";
import { type Conditions, headMatch } from "../../db/search/match.ts";
import { openIndex, type SearchIndex } from "../../db/search/shards.ts";
import { listedAmong } from "../../db/video-list.ts";
import { isWithinLimit } from "../../domain/maturity.ts";
import { blockedWords, hasBlockedWord } from "../../domain/search/blocked-words.ts";
import { marksOf } from "../../domain/search/highlight.ts";
import { type Matcher, wordMatcher } from "../../domain/search/matcher.ts";
import { type ParsedQuery, parseQuery } from "../../domain/search/query.ts";
import type { Offered } from "../../domain/site-settings.ts";
import { indexWords, sharesWordBreaks, titleKey, titleKeys } from "../../domain/search/text.ts";
import { siteOffers } from "../site-settings.ts";
import { addSpellings, interpret, mayBeMisspelt } from "./interpret.ts";
import { popularForm } from "./popular.ts";
import { rankCandidates } from "./ranked.ts";

type Suggestion = Suggestions["items"][number];

const MAX_PEOPLE = 3;
const MAX_CATEGORIES = 2;
/** Popular searches among other suggestions. */
const MAX_SEARCHES = 2;
/** Popular searches on their own. */
const MAX_POPULAR = 8;
/** Some candidates have the same title as another, or are hidden. */
const CANDIDATES_PER_SUGGESTION = 4;
/** Titles found by their letters, which need not match as words. */
const TITLE_SOURCES = SOURCES.exactTitle.bit | SOURCES.titleStart.bit;

/** Popular searches without those that have a word that was blocked after they were counted. */
async function suitablePopular(env: Env, catalog: Catalog, start: string): Promise<string[]> {
  const popular = await popularStartingWith(catalog, start, MAX_POPULAR);
  const blocked = blockedWords(env.BLOCKED_SEARCH_WORDS);
  return popular.filter((query) => !hasBlockedWord(query, blocked));
}

/**
 * Completes the typed text to titles, people, categories and popular searches; before anything is typed, suggests
 * popular searches. Only public videos contribute.
 * @param maturityLimit with a limit there are no popular searches, because they show what others look for
 */
export async function suggest(
  env: Env,
  typed: string,
  limit: number,
  maturityLimit: MaturityLimit | null,
): Promise<Suggestions> {
  const query = parseQuery(typed);
  const catalog = catalogReplica(env);
  const popular =
    maturityLimit === null
      ? suitablePopular(env, catalog, popularForm(typed))
      : Promise.resolve([]);
  if (query.words.length === 0) {
    const items = typed.trim() ? [] : (await popular).map((text) => searchOf(text, []));
    return { items: items.slice(0, limit) };
  }
  const { ranked, words } = await rankCompletions(await openIndex(env), typed, query);
  const suitable = ranked.filter((candidate) => isWithinLimit(maturityLimit, candidate));
  const [listed, searched] = await Promise.all([
    listedOnly(catalog, suitable.slice(0, limit * CANDIDATES_PER_SUGGESTION), maturityLimit),
    popular,
  ]);
  const people = peopleOf(listed, words).slice(0, MAX_PEOPLE);
  const categories = categoriesOf(await siteOffers(env), words).slice(0, MAX_CATEGORIES);
  const titles = titlesOf(listed, words, typed);
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

/** Candidates for what is being typed, best first, and the words to mark in them. */
async function rankCompletions(
  index: SearchIndex,
  typed: string,
  query: ParsedQuery,
): Promise<{ ranked: SearchCandidate[]; words: Matcher[] }> {
  const find = (conditions: Conditions) => {
    const words = headMatch(conditions);
    return findCandidates(index, {
      match: { title: words, head: words },
      // A title found by its letters may contain an excluded word.
      keys: isPlain ? titleKeys(typed) : [],
      covered: false,
      strict: false,
      ranges: [],
      after: -1,
      countTo: MAX_WHOLE_RESULT,
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
  const terms = { groups, phrases: [], key: titleKey(typed) };
  return {
    ranked: rankCandidates(candidates, terms, Date.now(), true).map((item) => item.candidate),
    words: groups.map(wordMatcher),
  };
}

function searchOf(text: string, words: readonly Matcher[]): Suggestion {
  return {
    kind: "query",
    text,
    marks: marksOf(text, words),
    videoId: null,
    category: null,
  };
}

/** The candidates whose videos are still listed, so that the title of a hidden video is not suggested. */
async function listedOnly(
  catalog: Catalog,
  candidates: readonly SearchCandidate[],
  maturityLimit: MaturityLimit | null,
): Promise<SearchCandidate[]> {
  const listed = await listedAmong(
    catalog,
    candidates.map((candidate) => candidate.id),
    maturityLimit,
  );
  return candidates.filter((candidate) => listed.has(candidate.id));
}

function hasAll(text: string, words: readonly Matcher[]): boolean {
  const own = indexWords(text);
  return words.every((word) => own.some((form) => word.quality(form) > 0));
}

/** One suggestion per title, however many videos share it. */
function titlesOf(
  candidates: readonly SearchCandidate[],
  words: readonly Matcher[],
  typed: string,
): Suggestion[] {
  const byKey = new Map<string, SearchCandidate>();
  for (const candidate of candidates) {
    const isMatch =
      marksOf(candidate.title, words).length > 0 ||
      (candidate.sources & TITLE_SOURCES && sharesWordBreaks(candidate.title, typed));
    if (isMatch && !byKey.has(candidate.key)) byKey.set(candidate.key, candidate);
  }
  return [...byKey.values()].map(({ title, id }) => ({
    kind: "title",
    text: title,
    marks: marksOf(title, words),
    videoId: id,
    category: null,
  }));
}

function peopleOf(candidates: readonly SearchCandidate[], words: readonly Matcher[]): Suggestion[] {
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

function categoriesOf({ categories }: Offered, words: readonly Matcher[]): Suggestion[] {
  return categories
    .filter((category) => hasAll(category.name, words))
    .map(({ name, slug }) => ({
      kind: "category",
      text: name,
      marks: marksOf(name, words),
      videoId: null,
      category: slug,
    }));
}
