/**
 * The tasks of this machine that make the first pictures of a film. Its sound is ahead of them soon, and would take
 * processor and reading from them that viewers wait for.
 */
export class FirstPictures {
  readonly #awaited = new Set<Promise<void>>();

  /** @returns to be called when the first are stored, and when the task has ended without any */
  expect(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited.add(promise);
    return () => {
      this.#awaited.delete(promise);
      resolve();
    };
  }

  /** Resolves when all that are expected now are stored or given up, or when the signal fires. */
  async stored(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const onAbort = (): void => aborted.resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    await Promise.race([Promise.all(this.#awaited), aborted.promise]);
    signal.removeEventListener("abort", onAbort);
  }
}
