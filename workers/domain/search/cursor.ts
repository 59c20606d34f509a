import { z } from "zod";
import { decodeCursor } from "../cursor.ts";
import { AppError } from "../errors.ts";
import { hash } from "./document.ts";

/** How far a search has been relaxed; it continues with the next step while it finds nothing. */
export const RELAXATIONS = ["typed", "withoutNumbers", "spellingsAdded", "most", "any"] as const;

/** The end of a page. Opaque to clients and valid for the same query only. */
const Cursor = z.object({
  /** Hash of the query it belongs to. */
  query: z.int(),
  /** Time of the first page, so that freshness does not reorder later pages. */
  now: z.int(),
  /** How far the search was relaxed (index into RELAXATIONS). */
  relaxation: z
    .int()
    .min(0)
    .max(RELAXATIONS.length - 1),
  /** Number of videos with each word, as of the first page: other numbers would shift the scores. Empty before it. */
  frequencies: z.array(z.int().nonnegative()).max(64),
  /** The total of the first page; null before it. */
  total: z.object({ value: z.int(), exact: z.boolean() }).nullable(),
  /** Body candidates of this page's window come after this rowid; -1 for the first window. */
  after: z.int(),
  /** Position of the last item, whose value is a score or what is sorted by; null at the start of a window. */
  last: z
    .object({
      value: z.number(),
      rowid: z.int(),
      id: z.string(),
      /** The item belongs to a step with too many videos to sort, all of which count as equal; see sorted.ts. */
      tied: z.literal(true).optional(),
    })
    .nullable(),
});
export type Cursor = z.infer<typeof Cursor>;

export const queryHash = (query: object): number => hash(JSON.stringify(query));

/** @throws AppError `invalid_cursor` for text that is not a cursor of this query */
export function readCursor(text: string, query: number): Cursor {
  const cursor = decodeCursor(Cursor, text);
  if (cursor.query === query) return cursor;
  throw new AppError(
    "invalid_cursor",
    "The cursor belongs to another search. Search again without a cursor.",
  );
}
