/** Simulated time in milliseconds: it advances from event to event. */
export class Clock {
  now: number;
  readonly #events: { at: number; order: number; run: () => Promise<void> }[] = [];
  #order = 0;

  constructor(start: number) {
    this.now = start;
  }

  after(milliseconds: number, run: () => Promise<void>): void {
    const event = { at: this.now + milliseconds, order: this.#order++, run };
    const index = this.#events.findIndex(
      (other) => other.at > event.at || (other.at === event.at && other.order > event.order),
    );
    this.#events.splice(index < 0 ? this.#events.length : index, 0, event);
  }

  /** Runs events until `done` returns true. */
  async run(done: () => boolean): Promise<void> {
    while (!done()) {
      const event = this.#events.shift();
      if (!event) throw new Error("There are no more events, but the work is not done.");
      this.now = event.at;
      await event.run();
    }
  }
}
