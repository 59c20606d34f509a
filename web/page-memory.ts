/** Limit of history entries whose data is kept; the latest are kept. */
const MAX_ENTRIES = 20;

/** Data of pages by history entry, then by name. In memory only: a reload loads everything again. */
const memory = new Map<string, Map<string, unknown>>();

/**
 * Identifies the current history entry. Browsers without the Navigation API have only its address, so the same page
 * visited twice counts as one.
 */
export function entryKey(): string {
  const { navigation } = window as { navigation?: { currentEntry: { key: string } | null } };
  return navigation?.currentEntry?.key ?? location.href;
}

/** Keeps what the page of a history entry shows, so that it is there at once when the viewer returns. */
export function remember(entry: string, name: string, value: unknown): void {
  const values = memory.get(entry) ?? new Map<string, unknown>();
  memory.delete(entry);
  memory.set(entry, values.set(name, value));
  const [oldest] = memory.keys();
  if (memory.size > MAX_ENTRIES && oldest !== undefined) memory.delete(oldest);
}

/** The name under which `useLoad` stores what it has loaded. */
export const loadName = (name: string, dependencies: readonly unknown[]): string =>
  `${name} ${JSON.stringify(dependencies)}`;

/** The value that `remember` stored under this name, or undefined. */
export function recall<T>(entry: string, name: string): T | undefined {
  return memory.get(entry)?.get(name) as T | undefined;
}

/** Called when the account changes: the next account must not see data that was loaded for this one. */
export function forgetPages(): void {
  memory.clear();
}
