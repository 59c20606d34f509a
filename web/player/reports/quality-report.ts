import { sendBeacon } from "../../api.ts";
import type { PlainKey } from "../../i18n/translate.ts";
import type { AudienceReporter } from "./audience-reporter.ts";
import {
  LOAD_FAILURE,
  NETWORK_FAILURE,
  PLAY_FAILURE,
  type SourceFacts,
  UNSUPPORTED,
} from "../stream/media-source.ts";
import { type PlayerReading, QualityMeter } from "./quality-meter.ts";

const EVENTS = ["playing", "waiting", "seeking", "pause", "ended", "emptied", "timeupdate"];
const ERRORS: Partial<Record<PlainKey, "network" | "load" | "play" | "unsupported">> = {
  [LOAD_FAILURE]: "load",
  [NETWORK_FAILURE]: "network",
  [PLAY_FAILURE]: "play",
  [UNSUPPORTED]: "unsupported",
};
/** The maximum of a report (contract/beacons.ts). */
const MAX_STARTUP_MS = 300_000;
/**
 * After this time, the code that reports what was watched is loaded; a second later the playback is a view
 * (workers/domain/views.ts).
 */
const AUDIENCE_AFTER_SECONDS = 4;

/** Measures playback quality and audience of a media element, and sends both. */
export class QualityReport {
  #media: HTMLVideoElement;
  #facts: () => SourceFacts | null;
  #meter: QualityMeter;
  #audience: AudienceReporter | null = null;
  #listeners = new AbortController();

  /** @param times of `performance.now()`: when playback was requested, and when it started, if it has */
  constructor(
    media: HTMLVideoElement,
    { askedAt, startedAt }: { askedAt: number; startedAt: number | null },
    facts: () => SourceFacts | null,
  ) {
    this.#media = media;
    this.#facts = facts;
    this.#meter = new QualityMeter(askedAt);
    if (startedAt !== null) this.#meter.note("playing", { ...this.#read(), now: startedAt });
    if (startedAt !== null && media.paused) this.#meter.note("pause", this.#read());
    const { signal } = this.#listeners;
    for (const event of EVENTS)
      media.addEventListener(event, () => this.#meter.note(event, this.#read()), { signal });
    media.addEventListener("timeupdate", () => void this.#loadAudience(), { signal });
  }

  #isAudienceAsked = false;
  /** Runs once, for a video that is watched for a while. The reporter reads earlier playback from the element. */
  async #loadAudience(): Promise<void> {
    const { currentTime, duration } = this.#media;
    if (this.#isAudienceAsked || currentTime < Math.min(AUDIENCE_AFTER_SECONDS, duration / 2))
      return;
    this.#isAudienceAsked = true;
    const { AudienceReporter } = await import("./audience-reporter.ts");
    this.#audience = new AudienceReporter(this.#media, this.#listeners.signal);
  }

  /** Sends the events since the last time. @param isEnd the viewer leaves the video */
  send(token: string, isEnd: boolean): void {
    if (isEnd) this.#listeners.abort();
    const quality = this.#meter.take(isEnd, this.#read());
    if (quality?.startupMs !== undefined)
      quality.startupMs = Math.min(quality.startupMs, MAX_STARTUP_MS);
    if (quality) this.#audience?.addQuality(quality);
    const told = this.#audience?.take() ?? null;
    if (!quality && !told) return;
    const report = { watched: 0, ...told, ...(quality && { quality }) };
    sendBeacon({ token, ended: false, closed: false, ...report });
  }

  /** The player shows that it cannot continue. */
  fail(message: PlainKey): void {
    this.#meter.fail(ERRORS[message] ?? "refused");
  }

  #read(): PlayerReading {
    const { totalVideoFrames, droppedVideoFrames } = this.#media.getVideoPlaybackQuality();
    return {
      now: performance.now(),
      bitrate: this.#facts()?.rendition?.bitrate ?? null,
      frames: totalVideoFrames,
      droppedFrames: droppedVideoFrames,
    };
  }
}
