/** One video as the index knows it. Built from CATALOG, never a source of truth. */
export interface IndexDocument {
  id: string;
  /** `videos.revision`: an older one never overwrites a newer one. */
  revision: number;
  title: string;
  /** The creator's name first, then whoever else is named. */
  people: string[];
  tags: string[];
  description: string;
  category: string;
  language: string | null;
  /** Id of the account. */
  creator: string;
  /** Seconds. */
  duration: number;
  /** Short side of the picture in pixels, or that of 16:9 where the picture is wider: 1920x800 is 1080. */
  height: number;
  hdr: boolean;
  captions: boolean;
  views: number;
  /** Milliseconds since the epoch. */
  publishedAt: number;
}

/** Four years of age weigh as much as ten times the views. */
const DECADE_OF_VIEWS = 4 * 365.25 * 86_400_000;
const EPOCH = Date.UTC(2020, 0, 1);
const LEVELS = 2 ** 14;
const SPREAD = 2 ** 18;
/** Numbers tried in one level: of a full one, few are left to be found. */
const TRIES = 8;

/**
 * What is known of a video without a query: popularity and freshness, as log10(views) plus the date of
 * publication. Since age is counted from a fixed date it need not be recomputed as time passes.
 */
const staticScore = (document: Pick<IndexDocument, "views" | "publishedAt">): number =>
  Math.log10(1 + document.views) + (document.publishedAt - EPOCH) / DECADE_OF_VIEWS;

/**
 * The number under which FTS5 knows a document: 14 bits of static score, best first, then 18 bits from the id.
 * FTS5 yields matches by rising rowid, so a bounded walk sees the best candidates. It depends on the
 * document alone, hence is the same in every shard layout and every rebuild; 32 bits keep posting lists short.
 * @param attempt counts up while the number is taken by another document; after some tries the level counts up as well
 */
export function documentRowid(document: IndexDocument, attempt: number): number {
  const fraction = (staticScore(document) + 5) / 20;
  const level = Math.max(0, Math.min(LEVELS - 1, Math.floor(fraction * LEVELS)));
  const place = (LEVELS - 1 - level + Math.floor(attempt / TRIES)) % LEVELS;
  return place * SPREAD + (hash(`${document.id}${attempt || ""}`) % SPREAD);
}

/** FNV-1a with a final mix, 32 bits: spreads ids evenly over numbers and shards. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
