import { z } from "zod";
import { Id, Language, PageQuery, Timestamp } from "./common.ts";
import { Category, Video } from "./videos.ts";

export const SearchSort = z.enum(["relevance", "newest", "popular", "longest"]);
export type SearchSort = z.infer<typeof SearchSort>;

const flag = z
  .enum(["true", "false", "1", "0"])
  .transform((value) => value === "true" || value === "1");

/** Steps of picture height that can be asked for, in lines. */
export const HEIGHTS = [360, 480, 720, 1080, 1440, 2160] as const;

export const SearchQuery = PageQuery.extend({
  q: z.string().max(200).default(""),
  category: Category.optional(),
  tag: z.string().max(50).optional(),
  creator: z.string().max(64).optional(),
  language: Language.optional(),
  /** Seconds. */
  minDuration: z.coerce.number().nonnegative().optional(),
  maxDuration: z.coerce.number().nonnegative().optional(),
  publishedAfter: Timestamp.optional(),
  publishedBefore: Timestamp.optional(),
  captions: flag.optional(),
  hdr: flag.optional(),
  /** Smallest short side of the picture in pixels; of one wider than 16:9, that of 16:9. */
  minHeight: z.coerce.number().pipe(z.literal(HEIGHTS)).optional(),
  sort: SearchSort.default("relevance"),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

/** Ranges of a text to mark, as [start, end) in UTF-16 code units. */
export const Marks = z.array(z.tuple([z.int(), z.int()]));

export const Facet = z.object({ value: z.string(), count: z.int() });

export const SearchResult = z.object({
  items: z.array(
    z.object({
      video: Video,
      highlights: z.object({
        title: Marks,
        /** A piece of the description around the match. */
        description: z.object({ text: z.string(), marks: Marks }).nullable(),
      }),
      /** Spoken moments that match: the second and the words around them, empty where they cannot be read now. */
      moments: z.array(z.object({ start: z.number(), text: z.string(), marks: Marks })),
    }),
  ),
  facets: z.object({
    category: z.array(Facet),
    language: z.array(Facet),
    tag: z.array(Facet),
    creator: z.array(Facet.extend({ name: z.string() })),
    /** Values in minutes: `0-10`, `10-40`, `40-`. */
    duration: z.array(Facet),
    /** Counts come from a bounded sample when true. */
    approximate: z.boolean(),
  }),
  /** `value` is exact when `relation` is `eq`, else at least that many. */
  total: z.object({ value: z.int(), relation: z.enum(["eq", "gte"]) }),
  /** The words the results are for, when they differ from what was typed. */
  didYouMean: z.string().nullable(),
  nextCursor: z.string().nullable(),
});
export type SearchResult = z.infer<typeof SearchResult>;

/** A viewer searched for this and opened that: what popular searches are made of. */
export const SearchPick = z.strictObject({ q: z.string().max(200), videoId: Id });
export type SearchPick = z.infer<typeof SearchPick>;

export const SuggestQuery = z.object({
  q: z.string().max(200).default(""),
  limit: z.coerce.number().int().min(1).max(20).default(8),
});
export const Suggestions = z.object({
  items: z.array(
    z.object({
      kind: z.enum(["title", "person", "category", "query"]),
      text: z.string(),
      marks: Marks,
      /** Set for a title. */
      videoId: z.string().nullable(),
      /** Slug; set for a category. */
      category: Category.nullable(),
    }),
  ),
});
export type Suggestions = z.infer<typeof Suggestions>;

export const Feed = z.object({
  rows: z.array(z.object({ id: z.string(), title: z.string(), items: z.array(Video) })),
});
export type Feed = z.infer<typeof Feed>;
