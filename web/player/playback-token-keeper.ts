import type { Playback } from "../../workers/contract/playback.ts";
import { ApiError } from "../api-error.ts";

/** Share of a grant's life after which the next request fetches another beside it. */
const RENEW_AFTER = 0.75;
/** A refused grant is replaced at once, but not more often than this: the server may mean it. */
const REFUSAL_PAUSE_MS = 10_000;

/**
 * Holds the playback token of one film and renews it without a stall. The token sits in the path of every
 * media URL, so a player can keep the URLs that it has: `rewrite` puts the current token into each just
 * before it is requested. In the last quarter of its life the old grant goes on serving while the new one
 * is fetched; only an expired one (a laptop that slept) makes a request wait.
 */
export class PlaybackTokenKeeper {
  #fetchGrant: (renew: string | undefined) => Promise<Playback>;
  #onGrant: (grant: Playback) => void;
  #now: () => number;
  #current: Playback;
  #renewAt = 0;
  #deadAt = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #ended = false;
  #pending: Promise<Playback> | null = null;

  /**
   * @param fetchGrant asks for a grant that goes on with the playback of a token, or for one of its own
   * @param onGrant gets each grant after the first: addresses that the browser fetches by itself (captions, the
   *   storyboard, downloads) must be set anew
   * @param now milliseconds
   */
  constructor(
    first: Playback,
    fetchGrant: (renew: string | undefined) => Promise<Playback>,
    onGrant: (grant: Playback) => void,
    now: () => number = Date.now,
  ) {
    this.#fetchGrant = fetchGrant;
    this.#onGrant = onGrant;
    this.#now = now;
    this.#current = first;
    this.#hold(first);
  }

  get current(): Playback {
    return this.#current;
  }

  /** The same URL with a token that is valid now. URLs that carry none are left as they are. */
  async rewrite(url: string): Promise<string> {
    await this.freshen();
    return url.replace(/\/media\/[^/]+\//, `/media/${this.#current.token}/`);
  }

  /** Nothing that carries its token is answered any more. */
  get isOver(): boolean {
    return this.#now() >= this.#deadAt;
  }

  /** Renews an ageing grant; waits for the next one only where this one is over. */
  async freshen(): Promise<void> {
    if (this.#now() < this.#renewAt) return;
    const { isOver } = this;
    const renewal = this.renew();
    if (isOver) await renewal;
    // Otherwise the old grant is good for this request; the next one tries again if this fails.
    else renewal.catch(() => undefined);
  }

  /** Call when the server refused the grant (revoked, or this clock is wrong). True: worth another try. */
  refused(): boolean {
    const now = this.#now();
    if (now - this.#refusedAt < REFUSAL_PAUSE_MS) return false;
    this.#refusedAt = now;
    this.#renewAt = now;
    this.#deadAt = now;
    return true;
  }

  /** Fetches a new grant, once for all who ask meanwhile. */
  renew(): Promise<Playback> {
    this.#pending ??= this.#fetchGrant(this.#ended ? undefined : this.#current.token)
      .then((grant) => {
        this.adopt(grant);
        return grant;
      })
      .catch((error: unknown) => {
        // Ended by its creator: it stops here, and who tries again begins another playback.
        if (error instanceof ApiError && error.code === "invalid_playback_token") this.end();
        throw error;
      })
      .finally(() => {
        this.#pending = null;
      });
    return this.#pending;
  }

  /** This playback is over: what comes after it is another one. */
  end(): void {
    this.#ended = true;
    this.#renewAt = this.#deadAt = this.#now();
  }

  /** Goes on with a grant that was fetched elsewhere. */
  adopt(grant: Playback): void {
    this.#hold(grant);
    this.#onGrant(grant);
  }

  #hold(grant: Playback): void {
    const now = this.#now();
    const life = Math.max(0, Date.parse(grant.expiresAt) - now);
    this.#current = grant;
    this.#ended = false;
    this.#renewAt = now + life * RENEW_AFTER;
    this.#deadAt = now + life;
  }
}
