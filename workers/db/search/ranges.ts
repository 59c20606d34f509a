import type { ColumnRange } from "../../domain/search/filters.ts";

/** Adds a value to the parameters of a statement. @returns its placeholder, such as `?1` */
export type Bind = (value: string | number) => string;

/** SQL condition for documents `d` within all ranges; empty if there are none. */
export function rangesSql(ranges: readonly ColumnRange[], bind: Bind): string {
  return ranges
    .map(({ column, min, max }) => `d.${column} BETWEEN ${bind(min)} AND ${bind(max)}`)
    .join(" AND ");
}
