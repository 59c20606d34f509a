import type { MaturityRating } from "../../contract/maturity-ratings.ts";

/** A video as the index holds it. Built from CATALOG, never a source of truth. */
export interface IndexDocument {
  id: string;
  /** `videos.revision`: an older revision never overwrites a newer one. */
  revision: number;
  title: string;
  /** The creator's name first, then the cast and crew. */
  people: string[];
  tags: string[];
  description: string;
  category: string;
  language: string | null;
  /** Null while its creator has not rated it. */
  maturityRating: MaturityRating | null;
  /** Id of the account. */
  creator: string;
  /** Seconds. */
  duration: number;
  /**
   * Short side in pixels, or the short side of a 16:9 frame with the same long side if that is greater: 1920x800 counts
   * as 1080.
   */
  height: number;
  hdr: boolean;
  captions: boolean;
  views: number;
  /** Milliseconds since the epoch. */
  publishedAt: number;
}

/** Being four years newer counts as much as having ten times the views. */
const AGE_PER_TENFOLD_VIEWS_MS = 4 * 365.25 * 86_400_000;
const SCORE_EPOCH_MS = Date.UTC(2020, 0, 1);
const SCORE_LEVELS = 2 ** 14;
const ROWIDS_PER_LEVEL = 2 ** 18;
/** Rowids tried in one level: once a level is full, few free ones can be found in it. */
const TRIES_PER_LEVEL = 8;

/**
 * The score of a video without a query: log10(views) plus the date of publication. Since age is counted from a fixed
 * date, the score need not be recomputed as time passes.
 */
function staticScore({ views, publishedAt }: Pick<IndexDocument, "views" | "publishedAt">): number {
  return Math.log10(1 + views) + (publishedAt - SCORE_EPOCH_MS) / AGE_PER_TENFOLD_VIEWS_MS;
}

/**
 * The FTS5 rowid of a document: 14 bits of static score, best first, then 18 bits of a hash of the id. FTS5 yields
 * matches in rowid order, so a bounded walk sees the best candidates. The rowid depends on the document alone, so it is
 * the same in every shard layout and every rebuild; 32 bits keep posting lists short.
 * @param attempt counts up while the rowid belongs to another document; after some tries the level counts up as well
 */
export function documentRowid(document: IndexDocument, attempt: number): number {
  const fraction = (staticScore(document) + 5) / 20;
  const level = Math.max(0, Math.min(SCORE_LEVELS - 1, Math.floor(fraction * SCORE_LEVELS)));
  const fromBest =
    (SCORE_LEVELS - 1 - level + Math.floor(attempt / TRIES_PER_LEVEL)) % SCORE_LEVELS;
  return fromBest * ROWIDS_PER_LEVEL + (hash(`${document.id}${attempt || ""}`) % ROWIDS_PER_LEVEL);
}

/** 32-bit FNV-1a with a final mix, which spreads ids evenly over rowids and shards. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
