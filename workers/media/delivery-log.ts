import type { Catalog } from "../db/client.ts";
import {
  type LogPosition,
  MARGIN,
  MAX_PLAYBACK_TOKEN_AGE_MS,
  readDeliveryLog,
} from "../db/revocations.ts";
import { inTime, TIME_LIMIT } from "./catalog-read.ts";
import { importPublicKey, type VerificationKey } from "./playback-token.ts";

/** Milliseconds after which a request starts a refresh in the background. */
const REFRESH_AFTER = 15_000;
/** Milliseconds after which an isolate that had nothing to do refreshes before it answers. */
const WAIT_AFTER = 45_000;

interface Revocation {
  /** Milliseconds since the epoch, both: what was issued before is refused, and when all of that has ended by itself. */
  at: number;
  until: number;
}

/**
 * One isolate's copy of the creators' signing keys and of the revocations: a few kilobytes that follow two logs in
 * D1, so that no segment needs a read. Under traffic the copy is refreshed off the request path every 15 s; one
 * that is older than 45 s (the first request of an isolate, or after a pause) is refreshed before it is used.
 *
 * When D1 cannot be read, or takes longer than two seconds, the last copy goes on being used, and an isolate that never had one serves our own grants
 * without revocations: fails open, since a grant ends by itself within hours while an outage of D1 would otherwise
 * stop every film. Creators' keys are unknown to such an isolate, so their grants fail closed. Each failure is
 * logged as `delivery-log`.
 */
export class DeliveryLog {
  readonly #keys = new Map<string, VerificationKey>();
  readonly #revoked = new Map<string, Revocation>();
  readonly #position: LogPosition = { key: 0, revocation: 0 };
  #readAt = Number.NEGATIVE_INFINITY;
  #startedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();

  /** Makes sure that the copy is fresh enough, waiting only where it would be too old. One read for all who ask. */
  async ensureFresh(
    db: () => Catalog,
    waitUntil: (promise: Promise<unknown>) => void,
  ): Promise<void> {
    const now = Date.now();
    const age = now - this.#readAt;
    if (age < REFRESH_AFTER) return;
    // One that takes longer than it may died with the request that began it.
    if (now - this.#startedAt > TIME_LIMIT) {
      this.#startedAt = now;
      this.#reading = this.#read(db(), now);
      waitUntil(this.#reading);
    }
    if (age >= WAIT_AFTER) await inTime(this.#reading).catch(complain);
  }

  /** Undefined for a key that is unknown or revoked. */
  key(kid: string): VerificationKey | undefined {
    return this.#revoked.has(`key:${kid}`) ? undefined : this.#keys.get(kid);
  }

  /** @param issuedAt seconds since the epoch */
  isRevoked({
    videoId,
    sessionId,
    kid,
    issuedAt,
  }: {
    videoId: string;
    sessionId: string;
    kid: string;
    issuedAt: number;
  }): boolean {
    if (this.#revoked.has(`key:${kid}`)) return true;
    const at = Math.max(
      this.#revoked.get(`video:${videoId}`)?.at ?? 0,
      this.#revoked.get(`session:${videoId}/${sessionId}`)?.at ?? 0,
    );
    return issuedAt * 1000 < at;
  }

  async #read(db: Catalog, startedAt: number): Promise<void> {
    try {
      const { keys, revoked } = await inTime(readDeliveryLog(db, this.#position));
      for (const { id, kid, jwk, ownerId } of keys) {
        this.#keys.set(kid, await importPublicKey(jwk, ownerId));
        this.#position.key = Math.max(id, this.#position.key);
      }
      for (const { id, subject, at, until } of revoked) {
        this.#revoked.set(subject, { at, until: until ?? at + MAX_PLAYBACK_TOKEN_AGE_MS });
        this.#position.revocation = Math.max(id, this.#position.revocation);
      }
      this.#forget(startedAt - MARGIN);
    } catch (error) {
      complain(error);
    }
    // After a failure too: the next attempt is one interval away, not on every request.
    this.#readAt = startedAt;
  }

  /** Revocations whose grants have all ended; a revoked key stays out with its own. */
  #forget(before: number): void {
    for (const [subject, { until }] of this.#revoked) {
      if (until >= before) continue;
      if (subject.startsWith("key:")) this.#keys.delete(subject.slice("key:".length));
      this.#revoked.delete(subject);
    }
  }
}

function complain(error: unknown): void {
  console.error(JSON.stringify({ level: "error", event: "delivery-log", message: String(error) }));
}
