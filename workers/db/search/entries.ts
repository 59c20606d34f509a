import type { IndexDocument } from "../../domain/search/document.ts";
import { documentTokens } from "../../domain/search/filters.ts";
import {
  indexed,
  otherReadings,
  SEPARATOR,
  separated,
  squash,
  wordsInRow,
} from "../../domain/search/text.ts";
import { writeCard } from "./candidate-rows.ts";

/** A document as the tables hold it. */
export interface Entry {
  rowid: number;
  document: IndexDocument;
  titleText: string;
  moreText: string;
  bodyText: string;
  key: string;
  card: string;
  /** Each once; the separator stands for the video itself. */
  words: Set<string>;
}

export function toEntry(document: IndexDocument, rowid: number): Entry {
  const key = squash(document.title);
  const title = wordsInRow(document.title);
  const others = otherReadings(document.title);
  const people = document.people.map(wordsInRow);
  const tags = document.tags.map(wordsInRow);
  const description = wordsInRow(document.description);
  const moreOthers = [...document.people, ...document.tags].flatMap(otherReadings);
  const bodyOthers = [...others, ...moreOthers, ...otherReadings(document.description)];
  const more = [...people, ...tags];
  const body = indexed(separated([title, ...more, description]), bodyOthers);
  return {
    rowid,
    document,
    titleText: indexed(title, others).join(" "),
    moreText: indexed(separated(more), moreOthers).join(" "),
    bodyText: [...body, ...documentTokens(document)].join(" "),
    key,
    card: writeCard({ ...document, key, words: { title, people, tags, others } }),
    words: new Set([SEPARATOR, ...body]),
  };
}
