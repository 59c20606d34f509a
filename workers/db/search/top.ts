import { type Axis, axisPrefix, type Bound } from "../../domain/search/filters.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import { boundsSql } from "./bounds.ts";
import { selectCandidates } from "./candidate-rows.ts";
import { around } from "./match.ts";
import type { SearchDatabase, Slot } from "./shards.ts";

/** The greatest values of an axis. */
export interface TopQuery {
  axis: Axis;
  /** Ordinal from which on to look downwards. */
  highest: number;
  /**
   * Whether documents with the highest ordinal are known, so that it pays to look closely from the start. Of those some have been
   * shown, so all of them come beside what is wanted.
   */
  resumed: boolean;
  /** Where the step with the highest ordinal has more than can be sorted: the rowid to go on from, of what has been shown. */
  from: number | null;
  /** How many are wanted. */
  need: number;
  /** FTS5 expressions that each match must meet, the most selective first. */
  parts: readonly string[];
  /** Exact ranges, which the expressions meet nearly. */
  bounds: readonly Bound[];
}

/**
 * The top of a result that is too large to hold, in one statement. Walks the octal tree of the axis from above: takes the
 * matches of one token at a time, up to a window; where it has twice the need, goes down to the first of its eight parts,
 * else keeps them and goes on to the next, or up where the parts end. So a page of a frequent word reads some hundred
 * rows. Of a finest step (an hour, ten seconds, a sixteenth of a doubling) the first matches are taken, one more than a
 * window where there are more.
 * @param match the body expression
 * @param window a result up to this size needs no walk, and yields nothing
 */
export function topStatement(
  db: SearchDatabase,
  slot: Slot,
  match: string,
  { axis, highest, resumed, from, need, parts, bounds }: TopQuery,
  window: number,
): D1PreparedStatement {
  const top = axis.levels - 1;
  const start = resumed ? 0 : top;
  const body = `body_${slot}`;
  const token = `'"${axisPrefix(axis)}' || level || '${SEPARATOR}' || digit || '"'`;
  const values: (string | number)[] = [match, ...around(parts)];
  const fits = boundsSql(bounds, (value) => `?${values.push(value)}`);
  const exact = fits ? ` CROSS JOIN docs_${slot} d ON d.rowid = ${body}.rowid AND ${fits}` : "";
  const isFirst = `level = 0 AND digit = ${highest}`;
  const onwards =
    from === null ? "" : ` AND ${body}.rowid >= CASE WHEN ${isFirst} THEN ${from} ELSE 0 END`;
  const first = (limit: number) =>
    `(SELECT json_group_array(rowid) FROM (SELECT ${body}.rowid FROM ${body}${exact} WHERE ${body} MATCH ?2 || ${token} || ?3${onwards} ORDER BY ${body}.rowid LIMIT ${limit}))`;
  // More than twice the need are only counted, except where there is no level below.
  const rowids = `CASE WHEN level > 0 THEN ${first(2 * need)} ELSE ${first(window + 1)} END`;
  const count = "json_array_length(part.value)";
  const deeper = `${count} >= ${2 * need} AND level > 0`;
  const shown = resumed && from === null ? isFirst : "false";
  const higher = `digit % 8 = 0 AND level < ${top}`;
  return db
    .prepare(
      `WITH RECURSIVE walk (level, digit, missing, taken) AS (
        SELECT ${start}, ${highest} >> ${3 * start}, ${need}, '[]'
          WHERE (SELECT count(*) FROM (SELECT rowid FROM ${body} WHERE ${body} MATCH ?1 LIMIT ${window + 1})) > ${window}
        UNION ALL
        SELECT
          CASE WHEN ${deeper} THEN level - 1 WHEN ${higher} THEN level + 1 ELSE level END,
          CASE WHEN ${deeper} THEN min(digit * 8 + 7, ${highest} >> (3 * (level - 1))) WHEN ${higher} THEN digit / 8 - 1 ELSE digit - 1 END,
          CASE WHEN ${deeper} OR ${shown} THEN missing ELSE missing - ${count} END,
          CASE WHEN ${deeper} OR ${count} = 0 THEN taken ELSE taken || ',' || part.value END
        FROM walk, json_each(json_array(${rowids})) part WHERE missing > 0 AND digit >= 0
      )
      SELECT (${selectCandidates("0", `json_each('[' || taken || ']') part, json_each(part.value) m JOIN docs_${slot} d ON d.rowid = m.value`)}) AS documents
      FROM walk WHERE missing <= 0 OR digit < 0`,
    )
    .bind(...values);
}
