import type { Playback } from "../../../workers/contract/playback.ts";
import { ApiError } from "../../api-error.ts";

/** Share of a token's lifetime after which the next request renews it. */
const RENEW_AFTER_SHARE = 0.75;
/**
 * A token counts as expired this long before its lifetime ends here: the server began to count when it sent the answer,
 * which arrives later, and counts whole seconds. The shortest lifetime is a minute.
 */
const EXPIRY_MARGIN_MS = 10_000;
/** A refused token is replaced at once, but at most this often: the refusal may be final. */
const MIN_REFUSAL_INTERVAL_MS = 10_000;

/**
 * Holds the playback token of one video and renews it without interrupting playback. The token is part of the path of
 * every media URL, so a player may keep its URLs: `rewrite` puts the current token into a URL just before the request.
 * In the last quarter of its lifetime the current token stays in use while the next one is fetched; a request waits
 * only when the token has expired, as after the computer was asleep.
 */
export class PlaybackTokenKeeper {
  #fetchPlayback: (renew: string | undefined) => Promise<Playback>;
  #onPlayback: (playback: Playback) => void;
  #now: () => number;
  #current: Playback;
  #renewAt = 0;
  #expiresAt = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #ended = false;
  #pending: Promise<Playback> | null = null;

  /**
   * @param fetchPlayback continues the playback of the given token, or starts a new playback without one
   * @param onPlayback gets each playback after the first: URLs that the browser itself requests (captions, the
   * storyboard, downloads) must be replaced
   * @param now milliseconds since the epoch
   */
  constructor(
    first: Playback,
    fetchPlayback: (renew: string | undefined) => Promise<Playback>,
    onPlayback: (playback: Playback) => void,
    now: () => number = Date.now,
  ) {
    this.#fetchPlayback = fetchPlayback;
    this.#onPlayback = onPlayback;
    this.#now = now;
    this.#current = first;
    this.#hold(first);
  }

  get current(): Playback {
    return this.#current;
  }

  /** Puts a valid token into a media URL. URLs without a token are returned unchanged. */
  async rewrite(url: string): Promise<string> {
    await this.freshen();
    return url.replace(/\/media\/[^/]+\//, `/media/${this.#current.token}/`);
  }

  /** Whether the server may refuse URLs with the current token by now. */
  get isExpired(): boolean {
    return this.#now() >= this.#expiresAt;
  }

  /** Renews an ageing token. Resolves at once while the current one is valid, else when its successor is there. */
  async freshen(): Promise<void> {
    if (this.#now() < this.#renewAt) return;
    const { isExpired } = this;
    const renewal = this.renew();
    if (isExpired) await renewal;
    // The current token is still valid; if this renewal fails, the next request tries again.
    else renewal.catch(() => undefined);
  }

  /**
   * Call when the server refused the token: it was revoked, or this device's clock was set back.
   * @returns whether to try again with a new token
   */
  refused(): boolean {
    const now = this.#now();
    if (now - this.#refusedAt < MIN_REFUSAL_INTERVAL_MS) return false;
    this.#refusedAt = now;
    this.#renewAt = now;
    this.#expiresAt = now;
    return true;
  }

  /** Fetches a new token. Concurrent calls share one request. */
  renew(): Promise<Playback> {
    this.#pending ??= this.#fetchPlayback(this.#ended ? undefined : this.#current.token)
      .then((playback) => {
        this.adopt(playback);
        return playback;
      })
      .catch((error: unknown) => {
        // The creator ended this playback; another attempt starts a new one.
        if (error instanceof ApiError && error.code === "invalid_playback_token") this.end();
        throw error;
      })
      .finally(() => {
        this.#pending = null;
      });
    return this.#pending;
  }

  /** Ends this playback. The next request starts a new one. */
  end(): void {
    this.#ended = true;
    this.#renewAt = this.#expiresAt = this.#now();
  }

  /** Continues with a playback that was fetched elsewhere. */
  adopt(playback: Playback): void {
    this.#hold(playback);
    this.#onPlayback(playback);
  }

  #hold(playback: Playback): void {
    const now = this.#now();
    // The server's clock decides: compared with this device's clock, `expiresAt` may be hours off.
    const lifetime = playback.expiresIn * 1000;
    this.#current = playback;
    this.#ended = false;
    this.#renewAt = now + lifetime * RENEW_AFTER_SHARE;
    this.#expiresAt = now + lifetime - EXPIRY_MARGIN_MS;
  }
}
