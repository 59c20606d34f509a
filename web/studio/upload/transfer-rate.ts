/** Long enough to smooth over parts that begin and end, short enough to notice a change of network. */
const WINDOW_MS = 12_000;
/** Before this, a rate says more about buffers than about the network. */
const MIN_SPAN_MS = 2_000;

/** The rate of a transfer over the last seconds, from its progress. */
export class TransferRate {
  #samples: { at: number; bytes: number }[] = [];

  /** @param bytes sent so far, in all @param now milliseconds */
  add(bytes: number, now: number): void {
    // A failed part is sent again, so its bytes no longer count.
    if (bytes < (this.#samples.at(-1)?.bytes ?? 0)) this.#samples = [];
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= WINDOW_MS)
      this.#samples.shift();
  }

  /** Forgets the past: after a pause, the time without progress says nothing. */
  restart(): void {
    this.#samples = [];
  }

  /** Null until it is known, and while nothing is transferred. @param now milliseconds */
  bytesPerSecond(now: number): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < MIN_SPAN_MS) return null;
    const rate = ((last.bytes - first.bytes) * 1000) / (now - first.at);
    return rate > 0 && now - last.at < WINDOW_MS ? rate : null;
  }
}

/** Seconds until the rest is sent, rounded so that they do not jump; null if unknown. */
export function secondsLeft(bytesLeft: number, rate: number | null): number | null {
  if (rate === null) return null;
  const seconds = bytesLeft / rate;
  const step = seconds < 60 ? 5 : seconds < 3600 ? 60 : 600;
  return Math.max(step, Math.ceil(seconds / step) * step);
}
