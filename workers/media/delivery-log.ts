import {
  accountSubject,
  keySubject,
  REVOCATION_MARGIN_MS,
  revokedKey,
  sessionSubject,
  videoSubject,
} from "../domain/revocations.ts";
import { log } from "../log.ts";
import { TIMEOUT_CATALOG_MS, withTimeout } from "./catalog-read.ts";
import type { LogPosition, MediaCatalog } from "./media-catalog.ts";
import { importPublicKey, type VerificationKey } from "./playback-token.ts";

/** A copy older than this is refreshed in the background. */
const REFRESH_AFTER_MS = 15_000;
/** A copy older than this, as after a pause, is refreshed before it is used. */
const MAX_AGE_MS = 45_000;

interface Revocation {
  /** Tokens issued before are refused. Both are milliseconds since the epoch. */
  at: number;
  /** When the last of them expires. */
  until: number;
}

interface IssuedToken {
  videoId: string;
  sessionId: string;
  /** Tag of the account that it was issued to. */
  account?: string | undefined;
  kid: string;
  /** Seconds since the epoch. */
  issuedAt: number;
}

type DeliveryLogCatalog = Pick<MediaCatalog, "readDeliveryLog">;

/**
 * One isolate's copy of the creators' signing keys and of the revocations: a few kilobytes, kept up to date from two
 * logs in D1, so that no segment needs a read. Under traffic the copy is refreshed in the background every 15 s; a copy
 * older than 45 s (at the first request of an isolate, or after a pause) is refreshed before it is used.
 *
 * When D1 fails, or takes longer than two seconds, the last copy stays in use. An isolate without a copy accepts our
 * own tokens without checking revocations: it fails open, because a token expires within a day while an outage of D1
 * would otherwise stop every video. It does not have the creators' keys, so it refuses their tokens: they fail closed.
 * Each failure is logged as `media.delivery-log-unavailable`.
 */
export class DeliveryLog {
  readonly #keys = new Map<string, VerificationKey>();
  readonly #revocations = new Map<string, Revocation>();
  readonly #position: LogPosition = { key: 0, revocation: 0 };
  #readAt = Number.NEGATIVE_INFINITY;
  #startedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();

  /** Refreshes the copy if it is due, and waits only if the copy is too old to use. Concurrent requests share a read. */
  async ensureFresh(
    catalog: DeliveryLogCatalog,
    waitUntil: (promise: Promise<unknown>) => void,
  ): Promise<void> {
    const now = Date.now();
    const age = now - this.#readAt;
    if (age < REFRESH_AFTER_MS) return;
    // A read that exceeds its time limit may have died with the request that started it.
    if (now - this.#startedAt > TIMEOUT_CATALOG_MS) {
      this.#startedAt = now;
      this.#reading = this.#read(catalog, now);
      waitUntil(this.#reading);
    }
    if (age >= MAX_AGE_MS) await withTimeout(this.#reading).catch(logFailure);
  }

  /** Undefined for a key that is unknown or revoked. */
  key(kid: string): VerificationKey | undefined {
    return this.#revocations.has(keySubject(kid)) ? undefined : this.#keys.get(kid);
  }

  isRevoked(token: IssuedToken): boolean {
    const { videoId, sessionId, account, kid, issuedAt } = token;
    if (this.#revocations.has(keySubject(kid))) return true;
    const at = Math.max(
      this.#revocations.get(videoSubject(videoId))?.at ?? 0,
      this.#revocations.get(sessionSubject(videoId, sessionId))?.at ?? 0,
      account === undefined ? 0 : (this.#revocations.get(accountSubject(account))?.at ?? 0),
    );
    return issuedAt * 1000 < at;
  }

  async #read(catalog: DeliveryLogCatalog, startedAt: number): Promise<void> {
    try {
      const { keys, revocations } = await withTimeout(catalog.readDeliveryLog(this.#position));
      // Revocations first: nothing about a key may keep them from being read.
      for (const { id, subject, at, until } of revocations) {
        this.#revocations.set(subject, { at, until });
        this.#position.revocation = Math.max(id, this.#position.revocation);
      }
      for (const { id, kid, jwk, ownerId } of keys) {
        // Tokens of a key that cannot be imported are refused, and all others are verified.
        const key = await importPublicKey(jwk, ownerId).catch((error: unknown) =>
          log("media.bad-signing-key", { kid, error }),
        );
        if (key) this.#keys.set(kid, key);
        this.#position.key = Math.max(id, this.#position.key);
      }
      this.#dropExpired(startedAt - REVOCATION_MARGIN_MS);
    } catch (error) {
      logFailure(error);
    }
    // After a failure too: the next attempt is one interval away, not on every request.
    this.#readAt = startedAt;
  }

  /** Drops revocations whose tokens have all expired. A revoked key goes with its revocation, or it would be valid again. */
  #dropExpired(before: number): void {
    for (const [subject, { until }] of this.#revocations) {
      if (until >= before) continue;
      const kid = revokedKey(subject);
      if (kid !== null) this.#keys.delete(kid);
      this.#revocations.delete(subject);
    }
  }
}

function logFailure(error: unknown): void {
  log("media.delivery-log-unavailable", { error });
}
