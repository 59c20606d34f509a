/** A value with fewer views is not shown, because it could be a single viewer. */
const MIN_SHOWN_VIEWS = 5;
/** Comparing the numbers at two times must not reveal the single viewer in between. */
const VIEWS_STEP = 5;
const SECONDS_STEP = 60;
/** The most values that one response shows of a dimension. */
const MAX_VALUES = 50;

const rounded = (value: number, step: number): number => Math.round(value / step) * step;

/**
 * The values that may be shown, rounded, and the views of all others.
 * @param values the largest first; without a value those that were added up before
 */
export function shownValues(values: readonly { value: string; views: number; watched: number }[]): {
  values: { value: string; views: number; watchSeconds: number }[];
  otherViews: number;
} {
  const shown = values
    .filter(({ value, views }) => value !== "" && views >= MIN_SHOWN_VIEWS)
    .slice(0, MAX_VALUES);
  const names = new Set(shown.map(({ value }) => value));
  const others = values
    .filter(({ value }) => !names.has(value))
    .reduce((sum, { views }) => sum + views, 0);
  return {
    values: shown.map(({ value, views, watched }) => ({
      value,
      views: rounded(views, VIEWS_STEP),
      watchSeconds: rounded(watched, SECONDS_STEP),
    })),
    otherViews: rounded(others, VIEWS_STEP),
  };
}
