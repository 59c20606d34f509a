/** Lets work be held and let go: `signal` aborts what is under way at a pause, `opened` waits for its end. */
export class PauseGate {
  #abort = new AbortController();
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  /** Aborts at the next pause. Take it anew for each piece of work. */
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
