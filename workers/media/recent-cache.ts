/**
 * Keeps the most recently used entries: at least `capacity` of them, at most twice as many. It has two generations. When the
 * young one is full it becomes the old one, and the rest of the old one, entries not used in the meantime, is dropped.
 * Adding an entry therefore never searches for the oldest.
 */
export class RecentCache<V> {
  readonly #capacity: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
