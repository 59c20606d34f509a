/** Pauses and resumes work: `signal` aborts running requests at a pause, `opened` resolves when the pause ends. */
export class PauseGate {
  #abort = new AbortController();
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  /** Aborts at the next pause. Read it again for each request. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get opened(): Promise<void> {
    return this.#opened;
  }

  pause(): void {
    if (this.#abort.signal.aborted) return;
    this.#opened = new Promise((resolve) => (this.#open = resolve));
    this.#abort.abort();
  }

  resume(): void {
    if (!this.#abort.signal.aborted) return;
    this.#abort = new AbortController();
    this.#open();
  }
}
