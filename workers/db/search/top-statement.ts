import { type Axis, axisPrefix, type ColumnRange } from "../../domain/search/filters.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import { selectCandidates } from "./candidate-rows.ts";
import type { IndexSide } from "./index-state.ts";
import { around } from "./match.ts";
import { rangesSql } from "./ranges.ts";
import type { SearchDatabase } from "./shards.ts";

/** A query for the documents with the greatest values of an axis. */
export interface TopQuery {
  axis: Axis;
  /** Ordinal to start from, going down. */
  highest: number;
  /**
   * There are known to be documents with the highest ordinal, so the walk starts at the finest level. Some of them have been
   * shown already, so all of them come in addition to `need`.
   */
  resumed: boolean;
  /** If the step with the highest ordinal has more documents than can be sorted: rowid to resume from within it. */
  from: number | null;
  /** Number of documents to find. */
  need: number;
  /** FTS5 expressions that all must match, most selective first. */
  parts: readonly string[];
  /** Exact ranges, which the expressions cover approximately. */
  ranges: readonly ColumnRange[];
}

/**
 * The top of a result that is too large to read whole, in one statement. It walks the octal tree of the axis from the top:
 * it reads the matches of one token at a time, up to a window. If they are at least twice the need, it descends to the
 * first of the token's eight children; otherwise it keeps them and moves on to the next token, or up after the last child.
 * At the finest step (an hour, ten seconds, a sixteenth of a doubling) it keeps the first matches, up to one more than a
 * window.
 *
 * Plan: one walk of `body` per token, bounded by twice the need (or the window at the finest level) and joined to `docs`
 * by rowid if there are ranges. A page of a frequent word reads a few hundred rows.
 * @param match the body expression
 * @param window a result of up to this size needs no walk and yields nothing
 */
export function topStatement(
  db: SearchDatabase,
  side: IndexSide,
  match: string,
  { axis, highest, resumed, from, need, parts, ranges }: TopQuery,
  window: number,
): D1PreparedStatement {
  const top = axis.levels - 1;
  const start = resumed ? 0 : top;
  const body = `body_${side}`;
  const token = `'"${axisPrefix(axis)}' || level || '${SEPARATOR}' || digit || '"'`;
  const values: (string | number)[] = [match, ...around(parts)];
  const isInRange = rangesSql(ranges, (value) => `?${values.push(value)}`);
  const exact = isInRange
    ? ` CROSS JOIN docs_${side} d ON d.rowid = ${body}.rowid AND ${isInRange}`
    : "";
  const isFirst = `level = 0 AND digit = ${highest}`;
  const onwards =
    from === null ? "" : ` AND ${body}.rowid >= CASE WHEN ${isFirst} THEN ${from} ELSE 0 END`;
  const first = (limit: number) =>
    `(SELECT json_group_array(rowid) FROM (
      SELECT ${body}.rowid FROM ${body}${exact}
      WHERE ${body} MATCH ?2 || ${token} || ?3${onwards}
      ORDER BY ${body}.rowid LIMIT ${limit}
    ))`;
  // Twice the need is only counted, except at the finest level.
  const rowids = `CASE WHEN level > 0 THEN ${first(2 * need)} ELSE ${first(window + 1)} END`;
  const count = "json_array_length(part.value)";
  const deeper = `${count} >= ${2 * need} AND level > 0`;
  const shown = resumed && from === null ? isFirst : "false";
  const higher = `digit % 8 = 0 AND level < ${top}`;
  const documents = selectCandidates(
    "0",
    `json_each('[' || taken || ']') part, json_each(part.value) m JOIN docs_${side} d ON d.rowid = m.value`,
  );
  return db
    .prepare(
      `WITH RECURSIVE walk (level, digit, missing, taken) AS (
        SELECT ${start}, ${highest} >> ${3 * start}, ${need}, '[]'
          WHERE (SELECT count(*) FROM (SELECT rowid FROM ${body} WHERE ${body} MATCH ?1 LIMIT ${window + 1})) > ${window}
        UNION ALL
        SELECT
          CASE WHEN ${deeper} THEN level - 1 WHEN ${higher} THEN level + 1 ELSE level END,
          CASE
            WHEN ${deeper} THEN min(digit * 8 + 7, ${highest} >> (3 * (level - 1)))
            WHEN ${higher} THEN digit / 8 - 1
            ELSE digit - 1
          END,
          CASE WHEN ${deeper} OR ${shown} THEN missing ELSE missing - ${count} END,
          CASE WHEN ${deeper} OR ${count} = 0 THEN taken ELSE taken || ',' || part.value END
        FROM walk, json_each(json_array(${rowids})) part WHERE missing > 0 AND digit >= 0
      )
      SELECT (${documents}) AS documents
      FROM walk WHERE missing <= 0 OR digit < 0`,
    )
    .bind(...values);
}
