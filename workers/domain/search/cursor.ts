import { z } from "zod";
import { AppError } from "../errors.ts";
import { hash } from "./document.ts";

/** Where a page ended. Opaque to clients; valid for the same query only. */
const Cursor = z.object({
  /** Hash of the query it belongs to. */
  query: z.int(),
  /** Time of the first page, so that freshness does not reorder later ones. */
  now: z.int(),
  /** How far the search had to be widened (index into WIDENINGS). */
  widening: z.int().min(0).max(9),
  /** Body candidates of this page's window come after this rowid. */
  after: z.int(),
  /** Score or sort value and id of the last item; null at the start of a window. */
  last: z.object({ value: z.number(), id: z.string() }).nullable(),
});
export type Cursor = z.infer<typeof Cursor>;

export const queryHash = (query: object): number => hash(JSON.stringify(query));

export const writeCursor = (cursor: Cursor): string =>
  btoa(JSON.stringify(cursor)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** @throws AppError `invalid_cursor` for what is not a cursor of this query */
export function readCursor(text: string, query: number): Cursor {
  const cursor = Cursor.safeParse(decode(text));
  if (!cursor.success || cursor.data.query !== query)
    throw new AppError(
      "invalid_cursor",
      "The cursor does not belong to this search. Start without one.",
    );
  return cursor.data;
}

function decode(text: string): unknown {
  try {
    return JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return null;
  }
}
