import { syncBuiltinESMExports } from "node:module";
import timersPromises from "node:timers/promises";

interface Event {
  at: number;
  order: number;
  run: (() => void) | null;
}

const flush = globalThis.setImmediate;

/**
 * Simulated time for code that does not know it is simulated: `Date.now` and all timers of this process follow it. It
 * advances to the next event when everything that the last one started is waiting.
 */
export class VirtualTime {
  now: number;
  readonly #events: Event[] = [];
  #order = 0;
  /** Cryptography runs on other threads, which do not wait for an event. */
  #elsewhere = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** Runs events until `isDone` returns true. */
  async run(isDone: () => boolean): Promise<void> {
    for (;;) {
      await this.#settle();
      if (isDone()) return;
      const next = this.#pop();
      if (!next) throw new Error("There are no more events, but the work is not done.");
      this.now = Math.max(this.now, next.at);
      next.run?.();
      // Events that are due at the same time have no order that the code under test may rely on.
      while (this.#events[0] !== undefined && this.#events[0].at <= this.now) this.#pop()?.run?.();
    }
  }

  after(milliseconds: number, run: () => void): Event {
    const delay = Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 2 ** 40;
    const event: Event = { at: this.now + delay, order: this.#order++, run };
    this.#push(event);
    return event;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** Replaces the clock and the timers of this process. */
  install(): void {
    const timer = (milliseconds: number, run: () => void): Timer =>
      new Timer(this, milliseconds, run);
    Date.now = () => Math.floor(this.now);
    const patched = {
      setTimeout: (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) =>
        timer(milliseconds, () => run(...args)),
      setInterval: (run: () => void, milliseconds = 0) => {
        const interval = timer(milliseconds, function again() {
          run();
          interval.restart();
        });
        return interval;
      },
      clearTimeout: (given?: Timer) => given?.cancel(),
      clearInterval: (given?: Timer) => given?.cancel(),
      scheduler: { wait: (milliseconds: number) => this.sleep(milliseconds) },
    };
    Object.assign(globalThis, patched);
    timersPromises.setTimeout = ((milliseconds = 0, value?: unknown, options?: WaitOptions) =>
      this.#abortableSleep(
        milliseconds,
        value,
        options?.signal,
      )) as typeof timersPromises.setTimeout;
    syncBuiltinESMExports();
    this.#countCryptography();
  }

  #abortableSleep(milliseconds: number, value: unknown, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        event.run = null;
        reject(signal?.reason);
      };
      const event = this.after(milliseconds, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve(value);
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #countCryptography(): void {
    const methods = ["digest", "sign", "verify", "importKey", "encrypt", "decrypt"] as const;
    const target = Object.getPrototypeOf(crypto.subtle) as Record<string, Method>;
    for (const name of methods) {
      const original = target[name];
      if (!original) continue;
      target[name] = async (...args: unknown[]) => {
        this.#elsewhere++;
        try {
          return await original.apply(crypto.subtle, args);
        } finally {
          this.#elsewhere--;
        }
      };
    }
  }

  /** Waits until all running code waits for an event. */
  async #settle(): Promise<void> {
    do await new Promise<void>((resolve) => flush(resolve));
    while (this.#elsewhere > 0);
  }

  #push(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#events;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

type Method = (...args: unknown[]) => Promise<unknown>;

interface WaitOptions {
  signal?: AbortSignal;
}

/** The return value of `setTimeout` and `setInterval`. */
class Timer {
  readonly #time: VirtualTime;
  readonly #milliseconds: number;
  readonly #run: () => void;
  #event: Event;
  #isCancelled = false;

  constructor(time: VirtualTime, milliseconds: number, run: () => void) {
    this.#time = time;
    this.#milliseconds = milliseconds;
    this.#run = run;
    this.#event = time.after(milliseconds, run);
  }

  restart(): void {
    if (!this.#isCancelled) this.#event = this.#time.after(this.#milliseconds, this.#run);
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#event.run = null;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

function isBefore(left: Event, right: Event): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
