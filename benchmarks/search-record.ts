import type { IndexDocument } from "../workers/domain/search/document.ts";

/** One film of ../shared/catalog. */
export interface Film {
  title: string;
  year: number;
  cast: string[];
  genres: string[];
  description: string;
}

/** A film as the benchmark publishes it. */
export interface Sample extends Film {
  id: string;
  category: string;
  /** Seconds. */
  duration: number;
  height: number;
  hdr: boolean;
  captions: boolean;
  language: string;
  views: number;
  publishedAt: number;
}

export const toDocument = (film: Sample): IndexDocument => ({
  id: film.id,
  revision: 1,
  title: film.title,
  people: film.cast,
  tags: [...film.genres, String(film.year)],
  description: film.description,
  category: film.category,
  language: film.language,
  creator: "studio",
  duration: film.duration,
  height: film.height,
  hdr: film.hdr,
  captions: film.captions,
  views: film.views,
  publishedAt: film.publishedAt,
});

const VIDEO_COLUMNS = [
  "id",
  "title",
  "description",
  "category",
  "tags",
  "language",
  "duration",
  "height",
  "width",
  "hdr",
  "views",
  "published_at",
];

const videoRow = (film: Sample) => [
  film.id,
  film.title,
  film.description,
  film.category,
  JSON.stringify(film.genres),
  film.language,
  film.duration,
  film.height,
  (film.height * 16) / 9,
  film.hdr ? 1 : 0,
  film.views,
  film.publishedAt,
];

/** Puts films into the table `videos` of CATALOG. @returns SQL with one parameter, and its value */
export const videoInsert = (films: readonly Sample[]): { sql: string; rows: string } => ({
  sql: `INSERT OR REPLACE INTO videos (owner_id, visibility, state, created_at, updated_at, ${VIDEO_COLUMNS.join(", ")}) SELECT 'studio', 'public', 'ready', 0, 0, ${VIDEO_COLUMNS.map((_, i) => `value ->> ${i}`).join(", ")} FROM json_each(?)`,
  rows: JSON.stringify(films.map(videoRow)),
});
