import type { IndexDocument } from "../../domain/search/document.ts";
import { bytesOf } from "./json-lists.ts";

/** A document with what is known of how it was found. */
export interface Candidate extends Omit<IndexDocument, "description" | "revision"> {
  rowid: number;
  /** The title without spaces. */
  key: string;
  /** Words in a row, and other readings of those of the title. */
  words: { title: string[]; people: string[]; tags: string[]; others: string[] };
  /** Bits of SOURCES. */
  sources: number;
}

/** What the index keeps of a document for its result; the words of people and tags one by one. */
export interface Card extends Omit<Candidate, "rowid" | "sources" | "words"> {
  words: { title: string[]; people: string[][]; tags: string[][]; others: string[] };
}

/**
 * Marks between the fields of a card, the items of a field, and cards. Each is one byte in V8, and unlike quotes and
 * control characters they need no escape on their way through D1's JSON.
 */
const FIELD = "\u00a4";
const ITEM = "\u00a6";
const CARD = "\u00b6";
const MARKS = /[\u00a4\u00a6\u00b6]/g;

const plain = (text: string): string => text.replaceAll(MARKS, " ");
const joined = (items: readonly string[]): string => items.map(plain).join(ITEM);
const flag = (value: boolean): number => (value ? 1 : 0);

/** All sources of a search together put up to 450 cards into one value, which D1 limits to 2 MB. */
const MOST_BYTES = 4000;
const MOST_TITLE_WORDS = 64;

/**
 * A card as the index keeps it: one text, the same for equal documents. Of more tags and people than fit, the first; the
 * others are found as all words are, and count as those of a description.
 */
export function writeCard(card: Card): string {
  const start = [card.id, card.key, plain(card.title)];
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
    joined(card.words.others.slice(0, MOST_TITLE_WORDS)),
  ];
  const title = joined(card.words.title.slice(0, MOST_TITLE_WORDS));
  const room = MOST_BYTES - bytesOf([...start, title, ...end, "", "", "", ""].join(FIELD));
  const tags = fitting(card.tags, card.words.tags, room / 2);
  const people = fitting(card.people, card.words.people, room - tags.bytes);
  const lists = [people.items, tags.items, title, people.words, tags.words];
  return [...start, ...lists, ...end].join(FIELD);
}

/** The first items that fit into so many bytes, beside their words. */
function fitting(items: readonly string[], words: readonly string[][], room: number) {
  let [most, bytes] = [0, 0];
  for (const [i, item] of items.entries()) {
    const more = bytesOf(`${plain(item)}${ITEM}${joined([...(words[i] ?? []), ""])}`);
    if (bytes + more > room) break;
    bytes += more;
    most++;
  }
  return {
    items: joined(items.slice(0, most)),
    words: joined(words.slice(0, most).flat()),
    bytes,
  };
}

/** The fields of a card, with how it was found before them. */
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
  /** Not in cards of before migration 0004, until the rebuild that it asks for. */
  otherWords?: string,
];

/**
 * All candidates of a query as one text: hundreds of rows cost D1 several times as much to carry as one.
 * @param sources SQL for how a document was found
 * @param from SQL that names the table of documents `d`
 */
export const selectCandidates = (sources: string, from: string): string =>
  `SELECT group_concat(d.rowid || '${FIELD}' || ${sources} || '${FIELD}' || d.card, '${CARD}') FROM ${from}`;

/** @param cards what `selectCandidates` selects: null where there are none */
export const readCandidates = (cards: unknown): Candidate[] =>
  typeof cards === "string" ? cards.split(CARD).map(readCandidate) : [];

const itemsOf = (field: string): string[] => (field === "" ? [] : field.split(ITEM));

function readCandidate(text: string): Candidate {
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
    otherWords = "",
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
      others: itemsOf(otherWords),
    },
    category,
    language: language || null,
    creator,
    duration: Number(duration),
    height: Number(height),
    hdr: hdr === "1",
    captions: captions === "1",
    views: Number(views),
    publishedAt: Number(publishedAt),
  };
}

export const byRowid = (a: Candidate, b: Candidate): number =>
  a.rowid - b.rowid || (a.id < b.id ? -1 : 1);
