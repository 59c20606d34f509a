import type { Bound } from "../../domain/search/filters.ts";

/** Collects the parameters of a statement. @returns their places in it */
export type Bind = (value: string | number) => string;

/** SQL for documents `d` within all bounds; empty without any. */
export const boundsSql = (bounds: readonly Bound[], bind: Bind): string =>
  bounds
    .map(({ column, least, most }) => `d.${column} BETWEEN ${bind(least)} AND ${bind(most)}`)
    .join(" AND ");
