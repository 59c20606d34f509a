import { browserStorage } from "./browser-storage.ts";

const HINT = "kinora.signed-in";

/** Seconds between `iat` and `exp` of a JWT, which needs no trust in this device's clock. */
function lifetimeOf(token: string): number {
  const payload = token.split(".")[1] ?? "";
  const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as {
    iat: number;
    exp: number;
  };
  return claims.exp - claims.iat;
}

/**
 * Keeps one short-lived access token in memory, fetches it when it is first needed and again shortly
 * before it expires; simultaneous callers share one request. Whether there is a session at all is
 * remembered across page loads as a hint, so that an anonymous visitor never waits for a 401.
 */
export class AccessTokens {
  #fetchToken: () => Promise<string | null>;
  #now: () => number;
  #hint: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  #token: string | null = null;
  #renewAt = 0;
  #pending: Promise<string | null> | null = null;

  /** @param fetchToken resolves to null without a session @param now milliseconds */
  constructor(
    fetchToken: () => Promise<string | null>,
    now: () => number = Date.now,
    hint: Pick<Storage, "getItem" | "setItem" | "removeItem"> = browserStorage(),
  ) {
    this.#fetchToken = fetchToken;
    this.#now = now;
    this.#hint = hint;
  }

  get signedIn(): boolean {
    return this.#hint.getItem(HINT) !== null;
  }

  /** Call when a session began (true) or ended (false). */
  setSignedIn(signedIn: boolean): void {
    if (signedIn === this.signedIn && signedIn) return;
    this.drop();
    if (signedIn) this.#hint.setItem(HINT, "1");
    else this.#hint.removeItem(HINT);
  }

  /** Forgets the token; the next caller fetches another. */
  drop(): void {
    this.#token = null;
    this.#renewAt = 0;
    this.#pending = null;
  }

  /** A token with at least a tenth of its life left, or null without a session. */
  async get(): Promise<string | null> {
    if (!this.signedIn) return null;
    if (this.#token && this.#now() < this.#renewAt) return this.#token;
    this.#pending ??= this.#renew();
    return this.#pending;
  }

  async #renew(): Promise<string | null> {
    const asked = this.#now();
    try {
      const token = await this.#fetchToken();
      this.#token = token;
      if (token) this.#renewAt = asked + lifetimeOf(token) * 900;
      else this.#hint.removeItem(HINT);
      return token;
    } finally {
      this.#pending = null;
    }
  }
}
