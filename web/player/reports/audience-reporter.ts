import type { Audience } from "../../../workers/contract/beacons.ts";
import { AudienceMeter } from "./audience-meter.ts";
import { pageOrigin, sourceOf } from "./audience-source.ts";

/** A shorter watch time is not a view (workers/domain/views.ts). */
const MIN_WATCHED_SECONDS = 5;
/** The maximum of a report (contract/beacons.ts). */
const MAX_REBUFFERING_MS = 86_400_000;

function showsCaptions({ textTracks }: HTMLMediaElement): boolean {
  return Array.from(textTracks).some(
    ({ kind, mode }) => mode === "showing" && (kind === "captions" || kind === "subtitles"),
  );
}

/** Reports a playback to the creator's analytics. Each report has all data so far, so nothing is counted twice. */
export class AudienceReporter {
  #media: HTMLVideoElement;
  #origin = sourceOf(pageOrigin());
  #meter: AudienceMeter | null = null;
  #captions = false;
  #startupMs: number | undefined;
  #rebufferingMs = 0;
  #reported = 0;

  /** @param signal stops it */
  constructor(media: HTMLVideoElement, signal: AbortSignal) {
    this.#media = media;
    media.addEventListener("timeupdate", () => this.#tick(), { signal });
    media.addEventListener("seeking", () => this.#meter?.jump(), { signal });
    this.#tick();
  }

  #tick(): void {
    const { currentTime, duration, played, seeking } = this.#media;
    if (!Number.isFinite(duration) || duration <= 0 || seeking) return;
    if (this.#meter === null) {
      this.#meter = new AudienceMeter(duration);
      // The ranges played before this code was loaded.
      for (let index = 0; index < played.length; index++)
        this.#meter.add(played.start(index), played.end(index));
    }
    this.#meter.tick(currentTime);
    this.#captions ||= showsCaptions(this.#media);
  }

  /** Adds the quality measurements since the last call. */
  addQuality(quality: { startupMs?: number | undefined; rebufferingMs: number }): void {
    this.#startupMs ??= quality.startupMs;
    this.#rebufferingMs += quality.rebufferingMs;
  }

  /** The report; null if there is nothing new, or too little was watched. */
  take(): { watched: number; audience: Audience } | null {
    const meter = this.#meter;
    if (!meter || meter.watched <= this.#reported) return null;
    if (meter.watched < MIN_WATCHED_SECONDS && !this.#media.ended) return null;
    this.#reported = meter.watched;
    return {
      watched: Math.round(meter.watched * 10) / 10,
      audience: {
        plays: meter.plays(),
        ...this.#origin,
        captions: this.#captions,
        ...(this.#startupMs !== undefined && { startupMs: this.#startupMs }),
        rebufferingMs: Math.min(MAX_REBUFFERING_MS, Math.round(this.#rebufferingMs)),
      },
    };
  }
}
