import { PauseGate } from "./pause-gate.ts";

/** More uploads would only share the same connection and open more multipart uploads at once. */
const MAX_FILES_AT_ONCE = 3;

interface Scheduled {
  gate: PauseGate;
  isPaused: boolean;
  isRunning: boolean;
}

/**
 * Decides which files are being sent: a few at a time, in the creator's order. Each file waits at its gate. A paused
 * file lets the next one start; a running file keeps its slot, even if the order changes.
 */
export class UploadScheduler {
  #files = new Map<string, Scheduled>();
  /** Keys in the creator's order; files that are not listed come last. */
  #order: readonly string[] = [];
  readonly #maxFiles: number;
  readonly #onChange: () => void;

  /** @param onChange is called when other files may be running than before */
  constructor(maxFiles: number = MAX_FILES_AT_ONCE, onChange: () => void = () => {}) {
    this.#maxFiles = maxFiles;
    this.#onChange = onChange;
  }

  /** @returns the gate at which the file waits for its turn */
  join(key: string, isPaused = false): PauseGate {
    const gate = new PauseGate();
    gate.pause();
    this.#files.set(key, { gate, isPaused, isRunning: false });
    this.#update();
    return gate;
  }

  leave(key: string): void {
    this.#files.delete(key);
    this.#update();
  }

  setPaused(key: string, isPaused: boolean): void {
    const file = this.#files.get(key);
    if (!file) return;
    file.isPaused = isPaused;
    if (isPaused && file.isRunning) {
      file.isRunning = false;
      file.gate.pause();
    }
    this.#update();
  }

  setOrder(keys: readonly string[]): void {
    this.#order = keys;
    this.#update();
  }

  isRunning(key: string): boolean {
    return this.#files.get(key)?.isRunning ?? false;
  }

  #update(): void {
    const place = (key: string): number => this.#order.indexOf(key) + 1 || Infinity;
    let running = [...this.#files.values()].filter((file) => file.isRunning).length;
    const waiting = [...this.#files]
      .filter(([, file]) => !file.isRunning && !file.isPaused)
      .toSorted(([one], [other]) => Math.sign(place(one) - place(other)) || 0);
    for (const [, file] of waiting) {
      if (running >= this.#maxFiles) break;
      file.isRunning = true;
      file.gate.resume();
      running++;
    }
    this.#onChange();
  }
}
