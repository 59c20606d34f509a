import { MAX_EARLIER_FILES, MAX_KEPT_VERSIONS } from "../contract/edit-limits.ts";
import type { EditRecipe, VersionState } from "../contract/versions.ts";

/** The data of a version that decides whether it is kept. */
interface Keepable {
  version: number;
  state: VersionState;
  recipe: EditRecipe | null;
  facts: { sourceKey?: string | null };
}

interface Retirement<V> {
  /** Only their recipes are kept, from which they can be encoded again. */
  archived: V[];
  /** Deleted altogether. */
  dropped: V[];
}

/**
 * What happens to the versions beside the current one. Every edit keeps its recipe, and the newest edits keep their streams
 * too. Whole files are never archived, because edits start from them: the file of the current version stays, and so do the
 * last few replaced files. An older file is deleted with its edits.
 * @param others all versions that can be returned to. The one that was current until now counts as the newest.
 * @param sourceKey of the current version
 */
export function versionsToRetire<V extends Keepable>(
  others: readonly V[],
  sourceKey: string | null,
): Retirement<V> {
  const played = ({ state }: V) => Number(state === "current");
  const newestFirst = others.toSorted(
    (left, right) => played(right) - played(left) || right.version - left.version,
  );
  const sourceOf = ({ facts }: V) => facts.sourceKey ?? null;
  const earlier = [...new Set(newestFirst.map(sourceOf))].filter((key) => key !== sourceKey);
  const gone = new Set(earlier.slice(MAX_EARLIER_FILES));
  const stay = newestFirst.filter((version) => !gone.has(sourceOf(version)));
  const withStreams = stay.filter(({ state, recipe }) => recipe !== null && state !== "archived");
  return {
    archived: withStreams.slice(MAX_KEPT_VERSIONS),
    dropped: newestFirst.filter((version) => gone.has(sourceOf(version))),
  };
}
