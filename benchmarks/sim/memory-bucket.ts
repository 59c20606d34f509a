/** The part of R2 that scheduling needs: it returns what was written. */
export class MemoryBucket {
  readonly #objects = new Map<string, string>();

  async put(key: string, body: unknown): Promise<void> {
    // Playlists are written for players; only the index is read again.
    if (key.endsWith(".json")) this.#objects.set(key, String(body));
  }

  async get(key: string): Promise<{ json: () => Promise<unknown> } | null> {
    const text = this.#objects.get(key);
    return text === undefined ? null : { json: async () => JSON.parse(text) };
  }

  async delete(): Promise<void> {}
}
