export interface WatchReportOptions {
  /** Seconds played so far in this session, for the film's statistics. */
  beacon: (watched: number, ended: boolean) => void;
  /** Second that was reached, for the viewer's own history. */
  progress: (position: number) => void;
}

/** Seconds played before a playback counts at all. */
const COUNTS_FROM = 5;
/** Seconds played between two reports of the position. */
const PROGRESS_EVERY = 20;
/** A longer step between two time updates was a seek, at any playback rate. */
const LONGEST_STEP = 2;

/**
 * Follows the time of the media element and tells, sparingly, what was watched: a beacon when a playback
 * begins to count and one when it ends, the position now and then. Seeking is not watching.
 */
export class WatchReport {
  #options: WatchReportOptions;
  #watched = 0;
  #beaconed = 0;
  #position: number | null = null;
  #reportedAt = 0;
  #reported: number | null = null;

  constructor(options: WatchReportOptions) {
    this.#options = options;
  }

  /** Call at each time update. @param position seconds */
  tick(position: number): void {
    const step = position - (this.#position ?? position);
    this.#position = position;
    if (step <= 0 || step > LONGEST_STEP) return;
    this.#watched += step;
    if (this.#beaconed === 0 && this.#watched >= COUNTS_FROM) this.#beacon(false);
    if (this.#watched - this.#reportedAt >= PROGRESS_EVERY) this.#progress();
  }

  /** Call when playback rests or the page goes away: what is not told yet is told now. */
  flush(ended = false): void {
    if (this.#watched < COUNTS_FROM) return;
    if (ended || this.#watched > this.#beaconed) this.#beacon(ended);
    if (this.#reported !== this.#position) this.#progress();
  }

  #beacon(ended: boolean): void {
    this.#beaconed = this.#watched;
    this.#options.beacon(this.#watched, ended);
  }

  #progress(): void {
    if (this.#position === null) return;
    this.#reportedAt = this.#watched;
    this.#reported = this.#position;
    this.#options.progress(this.#position);
  }
}
