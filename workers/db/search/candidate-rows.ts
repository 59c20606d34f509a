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

/** A document as the columns below. */
type Tuple = [
  rowid: number,
  sources: number,
  id: string,
  key: string,
  title: string,
  people: string[],
  tags: string[],
  words: [title: string[], people: string[], tags: string[]],
  category: string,
  language: string | null,
  creator: string,
  duration: number,
  height: number,
  hdr: number,
  captions: number,
  views: number,
  publishedAt: number,
];

/**
 * All documents of a query as one JSON text: hundreds of rows cost D1 several times as much to carry as one.
 * @param sources SQL for the column of that name
 * @param from SQL that names the table of documents `d`
 */
export const selectCandidates = (sources: string, from: string): string =>
  `SELECT json_group_array(json_array(d.rowid, ${sources}, d.id, d.key, d.title, json(d.people), json(d.tags), json(d.words), d.category, d.language, d.creator, d.duration, d.height, d.hdr, d.captions, d.views, d.published_at)) FROM ${from}`;

/** @param json what `selectCandidates` selects */
export const readCandidates = (json: string): Candidate[] =>
  (JSON.parse(json) as Tuple[]).map(toCandidate);

const toCandidate = ([
  rowid,
  sources,
  id,
  key,
  title,
  people,
  tags,
  [titleWords, peopleWords, tagWords],
  category,
  language,
  creator,
  duration,
  height,
  hdr,
  captions,
  views,
  publishedAt,
]: Tuple): Candidate => ({
  rowid,
  sources,
  id,
  key,
  title,
  people,
  tags,
  words: { title: titleWords, people: peopleWords, tags: tagWords },
  category,
  language,
  creator,
  duration,
  height,
  hdr: hdr === 1,
  captions: captions === 1,
  views,
  publishedAt,
});

export const byRowid = (a: Candidate, b: Candidate): number => a.rowid - b.rowid;
