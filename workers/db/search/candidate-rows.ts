import { MATURITY_RATINGS } from "../../contract/maturity-ratings.ts";
import type { IndexDocument } from "../../domain/search/document.ts";
import { bytesOf } from "./json-lists.ts";

/** A document and how a search found it. */
export interface SearchCandidate extends Omit<IndexDocument, "description" | "revision"> {
  rowid: number;
  /** The title without spaces. */
  key: string;
  /** The words of each field in sequence, and the variants of the title's words. */
  words: { title: string[]; people: string[]; tags: string[]; variants: string[] };
  /** Bits of SOURCES. */
  sources: number;
}

/** The part of a document that the index stores for its results, with the words of people and tags per item. */
export interface Card extends Omit<SearchCandidate, "rowid" | "sources" | "words"> {
  words: { title: string[]; people: string[][]; tags: string[][]; variants: string[] };
}

/**
 * Marks between the fields of a card, the items of a field, and cards. Each is one byte in V8 and, unlike quotes and
 * control characters, needs no escape in D1's JSON.
 */
const FIELD = "\u00a4";
const ITEM = "\u00a6";
const CARD = "\u00b6";
const MARKS = /[\u00a4\u00a6\u00b6]/g;

const withoutMarks = (text: string): string => text.replaceAll(MARKS, " ");
const joinItems = (items: readonly string[]): string => items.map(withoutMarks).join(ITEM);
const flag = (value: boolean): number => (value ? 1 : 0);

/** A search puts up to 450 cards into one value, which D1 limits to 2 MB. */
const MAX_CARD_BYTES = 4000;
const MAX_TITLE_WORDS = 64;

/**
 * A card as the index keeps it: one text, the same for equal documents. If not all tags and people fit, the first are kept;
 * the others are still found like all words, and count as words of the description.
 */
export function writeCard(card: Card): string {
  const start = [card.id, card.key, withoutMarks(card.title)];
  const end = [
    card.category,
    card.language ?? "",
    card.creator,
    card.duration,
    card.height,
    flag(card.hdr),
    flag(card.captions),
    card.views,
    card.publishedAt,
    joinItems(card.words.variants.slice(0, MAX_TITLE_WORDS)),
    card.maturityRating ?? "",
  ];
  const title = joinItems(card.words.title.slice(0, MAX_TITLE_WORDS));
  const room = MAX_CARD_BYTES - bytesOf([...start, title, ...end, "", "", "", ""].join(FIELD));
  const tags = fitItems(card.tags, card.words.tags, room / 2);
  const people = fitItems(card.people, card.words.people, room - tags.bytes);
  const lists = [people.items, tags.items, title, people.words, tags.words];
  return [...start, ...lists, ...end].join(FIELD);
}

/** The first items that fit into this many bytes together with their words. */
function fitItems(items: readonly string[], words: readonly string[][], room: number) {
  let [count, bytes] = [0, 0];
  for (const [i, item] of items.entries()) {
    const more = bytesOf(`${withoutMarks(item)}${ITEM}${joinItems([...(words[i] ?? []), ""])}`);
    if (bytes + more > room) break;
    bytes += more;
    count++;
  }
  return {
    items: joinItems(items.slice(0, count)),
    words: joinItems(words.slice(0, count).flat()),
    bytes,
  };
}

/** The fields of a candidate: how it was found, then its card. */
type Fields = [
  rowid: string,
  sources: string,
  id: string,
  key: string,
  title: string,
  people: string,
  tags: string,
  titleWords: string,
  peopleWords: string,
  tagWords: string,
  category: string,
  language: string,
  creator: string,
  duration: string,
  height: string,
  hdr: string,
  captions: string,
  views: string,
  publishedAt: string,
  /** Missing in cards from before migration 0004, until the rebuild that it requests. */
  variants?: string,
  /** Missing in cards of before there were ratings. */
  maturityRating?: string,
];

/**
 * SQL for all candidates of a query as one text: D1 takes several times as long to return hundreds of rows as one.
 * @param sources SQL for the bits of SOURCES of a document
 * @param from SQL FROM clause that names the table of documents `d`
 */
export function selectCandidates(sources: string, from: string): string {
  return `SELECT group_concat(d.rowid || '${FIELD}' || ${sources} || '${FIELD}' || d.card, '${CARD}')
  FROM ${from}`;
}

/** @param cards the text that `selectCandidates` selects; null if there are none */
export const readCandidates = (cards: unknown): SearchCandidate[] =>
  typeof cards === "string" ? cards.split(CARD).map(readCandidate) : [];

const itemsOf = (field: string): string[] => (field === "" ? [] : field.split(ITEM));

function readCandidate(text: string): SearchCandidate {
  const [
    rowid,
    sources,
    id,
    key,
    title,
    people,
    tags,
    titleWords,
    peopleWords,
    tagWords,
    category,
    language,
    creator,
    duration,
    height,
    hdr,
    captions,
    views,
    publishedAt,
    variants = "",
    maturityRating,
  ] = text.split(FIELD) as Fields;
  return {
    rowid: Number(rowid),
    sources: Number(sources),
    id,
    key,
    title,
    people: itemsOf(people),
    tags: itemsOf(tags),
    words: {
      title: itemsOf(titleWords),
      people: itemsOf(peopleWords),
      tags: itemsOf(tagWords),
      variants: itemsOf(variants),
    },
    category,
    language: language || null,
    maturityRating: MATURITY_RATINGS.find((rating) => rating === maturityRating) ?? null,
    creator,
    duration: Number(duration),
    height: Number(height),
    hdr: hdr === "1",
    captions: captions === "1",
    views: Number(views),
    publishedAt: Number(publishedAt),
  };
}

export const byRowid = (a: SearchCandidate, b: SearchCandidate): number =>
  a.rowid - b.rowid || (a.id < b.id ? -1 : 1);
