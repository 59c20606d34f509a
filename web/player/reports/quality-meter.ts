import type { Quality } from "../../../workers/contract/beacons.ts";

type State = "idle" | "starting" | "playing" | "rebuffering" | "seeking";

/** A longer step means that the computer slept. */
const MAX_STEP_MS = 30_000;

/** The player's values that are read with each event. */
export interface PlayerReading {
  /** Milliseconds of a clock that only goes forward. */
  now: number;
  /** Bits per second of the rendition; null if unknown. */
  bitrate: number | null;
  /** Time since the start. */
  frames: number;
  droppedFrames: number;
}

const EMPTY: Quality = {
  started: false,
  exitedBeforeStart: false,
  playingMs: 0,
  rebuffers: 0,
  rebufferingMs: 0,
  renditionSwitches: 0,
  frames: 0,
  droppedFrames: 0,
  kilobits: 0,
};

/**
 * Measures the quality of a playback, from the events of its media element. The definitions follow Mux Data: startup is
 * from the request to play to the first frame; rebuffering is a wait after that which no seek has caused.
 */
export class QualityMeter {
  #askedAt: number;
  #state: State = "starting";
  #hasStarted = false;
  #hasFailed = false;
  #last: PlayerReading;
  #sum = { ...EMPTY };
  /** The frame counts that have been reported. */
  #reported = { frames: 0, droppedFrames: 0 };

  constructor(askedAt: number) {
    this.#askedAt = askedAt;
    this.#last = { now: askedAt, bitrate: null, frames: 0, droppedFrames: 0 };
  }

  /** Call at each event, and often while it plays. @param event of the media element */
  note(event: string, reading: PlayerReading): void {
    this.#advance(reading);
    switch (event) {
      case "playing":
        if (!this.#hasStarted) this.#start(reading.now);
        this.#state = "playing";
        break;
      case "waiting":
        if (this.#state !== "playing") break;
        this.#state = "rebuffering";
        this.#sum.rebuffers++;
        break;
      case "seeking":
        if (this.#hasStarted && this.#state !== "idle") this.#state = "seeking";
        break;
      case "pause":
      case "ended":
      case "emptied":
        if (this.#hasStarted) this.#state = "idle";
        break;
    }
  }

  /** Call when the player has given up. */
  fail(error: NonNullable<Quality["error"]>): void {
    this.#hasFailed = true;
    this.#state = "idle";
    this.#sum.error = error;
  }

  /**
   * The events since the last call; null if there were none.
   * @param isEnd the viewer leaves: a playback that has not begun never will
   */
  take(isEnd: boolean, reading: PlayerReading): Quality | null {
    this.#advance(reading);
    const quality = {
      ...this.#sum,
      frames: Math.max(0, reading.frames - this.#reported.frames),
      droppedFrames: Math.max(0, reading.droppedFrames - this.#reported.droppedFrames),
    };
    if (isEnd && !this.#hasStarted && !this.#hasFailed) quality.exitedBeforeStart = true;
    this.#reported = { frames: reading.frames, droppedFrames: reading.droppedFrames };
    this.#sum = { ...EMPTY };
    const hasNews =
      quality.started ||
      quality.exitedBeforeStart ||
      quality.error !== undefined ||
      quality.playingMs + quality.rebufferingMs > 0;
    return hasNews ? quality : null;
  }

  #start(now: number): void {
    this.#hasStarted = true;
    this.#sum.started = true;
    this.#sum.startupMs = now - this.#askedAt;
  }

  #advance(reading: PlayerReading): void {
    const { now, bitrate } = this.#last;
    const step = Math.min(MAX_STEP_MS, Math.max(0, reading.now - now));
    if (this.#state === "playing") {
      this.#sum.playingMs += step;
      // Bits per millisecond are kilobits per second.
      this.#sum.kilobits += ((bitrate ?? 0) * step) / 1_000_000;
      if (bitrate !== null && reading.bitrate !== null && bitrate !== reading.bitrate)
        this.#sum.renditionSwitches++;
    } else if (this.#state === "rebuffering") this.#sum.rebufferingMs += step;
    this.#last = { ...reading, bitrate: reading.bitrate ?? bitrate };
  }
}
