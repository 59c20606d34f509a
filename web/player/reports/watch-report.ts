export interface WatchReportOptions {
  /** For the video's statistics. @param watched seconds played so far in this session */
  beacon: (watched: number, ended: boolean) => void;
  /** For the viewer's history. @param position seconds */
  progress: (position: number) => void;
}

/** A shorter playback is not reported at all. */
const MIN_WATCHED_SECONDS = 5;
/** Time played between two reports of the position, beside those when playback pauses and when the page closes. */
const PROGRESS_INTERVAL_SECONDS = 60;
/** A longer step between two time updates is a seek, at every playback rate. */
const MAX_STEP_SECONDS = 2;

/**
 * Follows the media element's time and reports what was watched: a beacon when the playback starts to count, another
 * when it ends, and the position at intervals. Skipped time does not count.
 */
export class WatchReport {
  #options: WatchReportOptions;
  #watched = 0;
  /** `#watched` at the last beacon. */
  #beaconed = 0;
  #position: number | null = null;
  /** `#watched` at the last progress report. */
  #reportedAt = 0;
  #reportedPosition: number | null = null;

  constructor(options: WatchReportOptions) {
    this.#options = options;
  }

  /** Call at each time update. @param position seconds */
  tick(position: number): void {
    const step = position - (this.#position ?? position);
    this.#position = position;
    if (step <= 0 || step > MAX_STEP_SECONDS) return;
    this.#watched += step;
    if (this.#beaconed === 0 && this.#watched >= MIN_WATCHED_SECONDS) this.#beacon(false);
    if (this.#watched - this.#reportedAt >= PROGRESS_INTERVAL_SECONDS) this.#progress();
  }

  /** Call when playback pauses or the page closes: reports the remaining data. */
  flush(ended = false): void {
    if (this.#watched < MIN_WATCHED_SECONDS) return;
    if (ended || this.#watched > this.#beaconed) this.#beacon(ended);
    if (this.#reportedPosition !== this.#position) this.#progress();
  }

  #beacon(ended: boolean): void {
    this.#beaconed = this.#watched;
    this.#options.beacon(this.#watched, ended);
  }

  #progress(): void {
    if (this.#position === null) return;
    this.#reportedAt = this.#watched;
    this.#reportedPosition = this.#position;
    this.#options.progress(this.#position);
  }
}
