import { z } from "zod";
import { Id, Language, PageQuery, Timestamp } from "./common.ts";
import { Category, Video } from "./videos.ts";

export const SearchSort = z.enum(["relevance", "newest", "popular", "longest"]);
export type SearchSort = z.infer<typeof SearchSort>;

const flag = z
  .enum(["true", "false", "1", "0"])
  .transform((value) => value === "true" || value === "1");

/** Video heights that can be filtered by, in lines. */
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
  /** Minimum height in lines; a video wider than 16:9 counts as high as a 16:9 video of the same width. */
  minHeight: z.coerce.number().pipe(z.literal(HEIGHTS)).optional(),
  sort: SearchSort.default("relevance"),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

/** Ranges of a text to highlight, as [start, end) in UTF-16 code units. */
export const Marks = z.array(z.tuple([z.int(), z.int()]));

export const Facet = z.object({ value: z.string(), count: z.int() });

export const SearchResult = z.object({
  items: z.array(
    z.object({
      video: Video,
      highlights: z.object({
        title: Marks,
        /** The part of the description around the match. */
        description: z.object({ text: z.string(), marks: Marks }).nullable(),
      }),
      /** Captions that match: the second and the text, which is empty if the captions cannot be read now. */
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
    /** The counts are from a bounded sample. */
    approximate: z.boolean(),
  }),
  /** `eq`: exactly `value`; `gte`: at least `value`. */
  total: z.object({ value: z.int(), relation: z.enum(["eq", "gte"]) }),
  /** The query with its spelling corrected, if the results are for that. */
  didYouMean: z.string().nullable(),
  nextCursor: z.string().nullable(),
});
export type SearchResult = z.infer<typeof SearchResult>;

/** A viewer searched for `q` and opened a video. Popular searches are made of these. */
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
      /** Only for a title. */
      videoId: z.string().nullable(),
      /** Slug, only for a category. */
      category: Category.nullable(),
    }),
  ),
});
export type Suggestions = z.infer<typeof Suggestions>;

export const Feed = z.object({
  /**
   * The video at the top: an editor's choice, or else a popular or new one, with at least 720 lines. In no row but
   * `continue`. Null when no video is good enough.
   */
  hero: Video.nullable(),
  rows: z.array(z.object({ id: z.string(), title: z.string(), items: z.array(Video) })),
  /** How much the account has watched of each video in the row `continue`, 0 to 1, by id. */
  watched: z.record(z.string(), z.number()),
});
export type Feed = z.infer<typeof Feed>;

/** The video that an admin has chosen for the top of the home page; null without one. */
export const EditorsPick = z.object({ videoId: Id.nullable() });
export type EditorsPick = z.infer<typeof EditorsPick>;
export const EditorsPickChoice = z.strictObject({ videoId: Id });
