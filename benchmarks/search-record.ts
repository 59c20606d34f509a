import type { IndexDocument } from "../workers/domain/search/document.ts";

/** A record of the film catalogue, ../shared/catalog. */
export interface Film {
  title: string;
  year: number;
  cast: string[];
  genres: string[];
  description: string;
}

/** A video that the benchmark publishes, made from film records. */
export interface SampleVideo extends Film {
  id: string;
  category: string;
  /** Duration in seconds. */
  duration: number;
  height: number;
  hdr: boolean;
  captions: boolean;
  language: string;
  views: number;
  publishedAt: number;
}

export function toDocument(video: SampleVideo): IndexDocument {
  return {
    id: video.id,
    revision: 1,
    title: video.title,
    people: video.cast,
    tags: [...video.genres, String(video.year)],
    description: video.description,
    category: video.category,
    language: video.language,
    maturityRating: null,
    creator: "studio",
    duration: video.duration,
    height: video.height,
    hdr: video.hdr,
    captions: video.captions,
    views: video.views,
    publishedAt: video.publishedAt,
  };
}

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

function videoRow(video: SampleVideo) {
  return [
    video.id,
    video.title,
    video.description,
    video.category,
    JSON.stringify(video.genres),
    video.language,
    video.duration,
    video.height,
    (video.height * 16) / 9,
    video.hdr ? 1 : 0,
    video.views,
    video.publishedAt,
  ];
}

/** Inserts videos into the table `videos` of CATALOG. @returns SQL with one parameter, and its value */
export function videoInsert(samples: readonly SampleVideo[]): { sql: string; rows: string } {
  return {
    sql: `INSERT OR REPLACE INTO videos
    (owner_id, visibility, state, created_at, updated_at, ${VIDEO_COLUMNS.join(", ")})
    SELECT 'studio', 'public', 'ready', 0, 0, ${VIDEO_COLUMNS.map((_, i) => `value ->> ${i}`).join(", ")}
    FROM json_each(?)`,
    rows: JSON.stringify(samples.map(videoRow)),
  };
}
