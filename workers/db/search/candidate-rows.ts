import type { IndexDocument } from "../../domain/search/document.ts";

/** A document with what is known of how it was found. */
export interface Candidate extends Omit<IndexDocument, "description" | "revision"> {
  rowid: number;
  /** The title without spaces. */
  key: string;
  /** Words as the index has them. */
  words: { title: string[]; people: string[]; tags: string[] };
  /** Bits of SOURCES. */
  sources: number;
}

/** What the index keeps of a document for its result. */
export type Card = Omit<Candidate, "rowid" | "sources">;

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

/** A card as the index keeps it: one text, the same for equal documents. */
export const writeCard = (card: Card): string =>
  [
    card.id,
    card.key,
    plain(card.title),
    joined(card.people),
    joined(card.tags),
    joined(card.words.title),
    joined(card.words.people),
    joined(card.words.tags),
    card.category,
    card.language ?? "",
    card.creator,
    card.duration,
    card.height,
    flag(card.hdr),
    flag(card.captions),
    card.views,
    card.publishedAt,
  ].join(FIELD);

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
  ] = text.split(FIELD) as Fields;
  return {
    rowid: Number(rowid),
    sources: Number(sources),
    id,
    key,
    title,
    people: itemsOf(people),
    tags: itemsOf(tags),
    words: { title: itemsOf(titleWords), people: itemsOf(peopleWords), tags: itemsOf(tagWords) },
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

export const byRowid = (a: Candidate, b: Candidate): number => a.rowid - b.rowid;
