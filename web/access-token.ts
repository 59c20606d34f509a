import { browserStorage, type KeyValueStorage } from "./browser-storage.ts";

/** Its entry in the browser's storage indicates that there is a session. */
export const SIGNED_IN_KEY = "kinora.signed-in";
/** A token is renewed after this share of its lifetime. */
const RENEW_AFTER = 0.9;

/** Seconds between `iat` and `exp` of a JWT. The difference does not depend on this device's clock. */
function lifetimeSeconds(token: string): number {
  const payload = token.split(".")[1] ?? "";
  const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as {
    iat: number;
    exp: number;
  };
  return claims.exp - claims.iat;
}

/**
 * Keeps one short-lived access token in memory. It is fetched on first use and again shortly before it expires;
 * simultaneous callers share one request. A hint in the browser's storage says whether there is a session at all, so
 * that a visitor without an account never waits for a 401.
 */
export class AccessTokens {
  #fetchToken: () => Promise<string | null>;
  #now: () => number;
  #hint: KeyValueStorage;
  #token: string | null = null;
  #renewAt = 0;
  #pending: Promise<string | null> | null = null;

  /**
   * @param fetchToken resolves to null without a session
   * @param now milliseconds
   */
  constructor(
    fetchToken: () => Promise<string | null>,
    now: () => number = Date.now,
    hint: KeyValueStorage = browserStorage(),
  ) {
    this.#fetchToken = fetchToken;
    this.#now = now;
    this.#hint = hint;
  }

  get signedIn(): boolean {
    return this.#hint.getItem(SIGNED_IN_KEY) !== null;
  }

  /** Call this when a session starts (true) or ends (false). */
  setSignedIn(signedIn: boolean): void {
    if (signedIn === this.signedIn && signedIn) return;
    this.drop();
    if (signedIn) this.#hint.setItem(SIGNED_IN_KEY, "1");
    else this.#hint.removeItem(SIGNED_IN_KEY);
  }

  /** Discards the token. The next caller fetches a new one. */
  drop(): void {
    this.#token = null;
    this.#renewAt = 0;
    this.#pending = null;
  }

  /** A token with at least a tenth of its lifetime left, or null without a session. */
  async get(): Promise<string | null> {
    if (!this.signedIn) return null;
    if (this.#token && this.#now() < this.#renewAt) return this.#token;
    this.#pending ??= this.#renew();
    return this.#pending;
  }

  async #renew(): Promise<string | null> {
    const requestedAt = this.#now();
    try {
      const token = await this.#fetchToken();
      this.#token = token;
      if (token) this.#renewAt = requestedAt + lifetimeSeconds(token) * 1000 * RENEW_AFTER;
      else this.#hint.removeItem(SIGNED_IN_KEY);
      return token;
    } finally {
      this.#pending = null;
    }
  }
}
