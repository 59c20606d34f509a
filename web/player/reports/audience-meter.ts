import { HUNDREDTHS } from "../../../workers/contract/hundredths.ts";
import { writePlays } from "../../../workers/domain/audience/play-counts.ts";

/** A longer step between two time updates is a seek, at every playback rate. */
const MAX_STEP_SECONDS = 2;

/** Adds up which parts of a video were played, and how often. */
export class AudienceMeter {
  #seconds = Array.from({ length: HUNDREDTHS }, () => 0);
  #duration: number;
  #position: number | null = null;
  #watched = 0;

  /** @param duration seconds */
  constructor(duration: number) {
    this.#duration = duration;
  }

  /** Seconds of the video that were played. */
  get watched(): number {
    return this.#watched;
  }

  /** Call at each time update, and at seeks. @param position seconds */
  tick(position: number): void {
    const from = this.#position;
    this.#position = position;
    if (from !== null && position > from && position - from <= MAX_STEP_SECONDS)
      this.add(from, position);
  }

  /** Forgets the position: playback up to the next one does not count. */
  jump(): void {
    this.#position = null;
  }

  /** Adds a range that was played, in seconds. */
  add(from: number, to: number): void {
    this.#watched += to - from;
    const length = this.#duration / HUNDREDTHS;
    const last = HUNDREDTHS - 1;
    for (let index = Math.floor(from / length); index <= last && index * length < to; index++)
      this.#seconds[index]! += Math.min(to, (index + 1) * length) - Math.max(from, index * length);
  }

  /** How often each hundredth was played (domain/audience/play-counts.ts). */
  plays(): string {
    const length = this.#duration / HUNDREDTHS;
    return writePlays(this.#seconds.map((seconds) => seconds / length));
  }
}
