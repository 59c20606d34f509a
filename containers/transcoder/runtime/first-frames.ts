/**
 * Tracks the tasks on this host that encode the first frames of a video. Audio encodes faster than video and would
 * compete with them for processor time and bandwidth while viewers wait, so audio tasks pause until they are stored.
 */
export class FirstFrames {
  readonly #pending = new Set<Promise<void>>();

  /** @returns a function to call when the first frames are stored or the task has ended without them */
  expect(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.add(promise);
    return () => {
      this.#pending.delete(promise);
      resolve();
    };
  }

  /** Resolves when all tasks expected so far have stored their first frames or ended, or when the signal fires. */
  async stored(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const onAbort = (): void => aborted.resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    await Promise.race([Promise.all(this.#pending), aborted.promise]);
    signal.removeEventListener("abort", onAbort);
  }
}
