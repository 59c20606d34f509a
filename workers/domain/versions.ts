import { MAX_KEPT_VERSIONS } from "../contract/edit-limits.ts";
import type { EditRecipe } from "../contract/versions.ts";

/** The data of a version that decides whether it is kept. */
interface Keepable {
  version: number;
  recipe: EditRecipe | null;
  facts: { sourceKey?: string | null };
}

/**
 * Which kept versions are deleted once there are too many: the oldest. The whole file stays as long as an edit of it
 * does, because the next edit starts from it. @param sourceKey of the current version
 */
export function versionsToDrop<V extends Keepable>(
  kept: readonly V[],
  sourceKey: string | null,
): V[] {
  const sources = new Set([sourceKey]);
  const newestFirst = kept.toSorted((left, right) => right.version - left.version);
  const dropped: V[] = [];
  let room = MAX_KEPT_VERSIONS;
  for (const version of newestFirst.filter(({ recipe }) => recipe !== null)) {
    if (room > 0) sources.add(version.facts.sourceKey ?? null);
    else dropped.push(version);
    room -= 1;
  }
  for (const version of newestFirst.filter(({ recipe }) => recipe === null)) {
    if (sources.has(version.facts.sourceKey ?? null)) continue;
    if (room <= 0) dropped.push(version);
    room -= 1;
  }
  return dropped;
}
