import type { IndexDocument } from "../../domain/search/document.ts";
import { documentTokens } from "../../domain/search/filters.ts";
import {
  joinSequences,
  SEPARATOR,
  titleKey,
  withVariants,
  wordSequence,
  wordVariants,
} from "../../domain/search/text.ts";
import { writeCard } from "./candidate-rows.ts";

/** A document as the tables hold it. */
export interface IndexRow {
  rowid: number;
  document: IndexDocument;
  /** Words of the title. */
  titleText: string;
  /** Words of people and tags. */
  moreText: string;
  /** Words of all fields, and filter tokens. */
  bodyText: string;
  key: string;
  card: string;
  /** Each word once; the separator stands for the video itself. */
  words: Set<string>;
}

export function toIndexRow(document: IndexDocument, rowid: number): IndexRow {
  const key = titleKey(document.title);
  const title = wordSequence(document.title);
  const variants = wordVariants(document.title);
  const people = document.people.map(wordSequence);
  const tags = document.tags.map(wordSequence);
  const description = wordSequence(document.description);
  const moreVariants = [...document.people, ...document.tags].flatMap(wordVariants);
  const bodyVariants = [...variants, ...moreVariants, ...wordVariants(document.description)];
  const more = [...people, ...tags];
  const body = withVariants(joinSequences([title, ...more, description]), bodyVariants);
  return {
    rowid,
    document,
    titleText: withVariants(title, variants).join(" "),
    moreText: withVariants(joinSequences(more), moreVariants).join(" "),
    bodyText: [...body, ...documentTokens(document)].join(" "),
    key,
    card: writeCard({ ...document, key, words: { title, people, tags, variants } }),
    words: new Set([SEPARATOR, ...body]),
  };
}
