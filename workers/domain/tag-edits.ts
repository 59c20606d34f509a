/**
 * The tags of a video after an edit: new tags are added at the end. Spellings that differ only in case are one tag, and
 * the existing spelling is kept.
 */
export function editTags(
  tags: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): string[] {
  const removed = new Set(remove.map(keyOf));
  const byKey = new Map<string, string>();
  for (const tag of [...tags, ...add])
    if (!removed.has(keyOf(tag)) && !byKey.has(keyOf(tag))) byKey.set(keyOf(tag), tag);
  return [...byKey.values()];
}

const keyOf = (tag: string): string => tag.toLowerCase();
