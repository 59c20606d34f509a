import { z } from "zod";
import { decodeCursor } from "../cursor.ts";
import { AppError } from "../errors.ts";
import { hash } from "./document.ts";

/** How a search is widened while it finds nothing. */
export const RELAXATIONS = ["typed", "spellingsAdded", "most", "any"] as const;

/** Where a page ended. Opaque to clients; valid for the same query only. */
const Cursor = z.object({
  /** Hash of the query it belongs to. */
  query: z.int(),
  /** Time of the first page, so that freshness does not reorder later ones. */
  now: z.int(),
  /** How far the search had to be widened (index into RELAXATIONS). */
  relaxation: z
    .int()
    .min(0)
    .max(RELAXATIONS.length - 1),
  /** Videos that have each word, as the first page knew: others would shift the scores. Empty before it. */
  dfs: z.array(z.int().nonnegative()).max(64),
  /** As told with the first page; null before it. */
  total: z.object({ value: z.int(), exact: z.boolean() }).nullable(),
  /** Body candidates of this page's window come after this rowid. */
  after: z.int(),
  /** Place of the last item, its value a score or what is sorted by; null at the start of a window. */
  last: z
    .object({
      value: z.number(),
      rowid: z.int(),
      id: z.string(),
      /** It is of a step that has too many to be sorted: all in it count as equal; see sorted.ts. */
      crowded: z.literal(true).optional(),
    })
    .nullable(),
});
export type Cursor = z.infer<typeof Cursor>;

export const queryHash = (query: object): number => hash(JSON.stringify(query));

/** @throws AppError `invalid_cursor` for what is not a cursor of this query */
export function readCursor(text: string, query: number): Cursor {
  const cursor = decodeCursor(Cursor, text);
  if (cursor.query === query) return cursor;
  throw new AppError(
    "invalid_cursor",
    "The cursor does not belong to this search. Start without one.",
  );
}
