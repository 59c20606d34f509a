import type { Catalog } from "../db/client.ts";
import { type LogPosition, MAX_GRANT_AGE, readDeliveryLog } from "../db/revocations.ts";
import { importPublicKey, type VerificationKey } from "./grant.ts";

/** Milliseconds after which a request starts a refresh in the background. */
const REFRESH_AFTER = 15_000;
/** Milliseconds after which an isolate that had nothing to do refreshes before it answers. */
const WAIT_AFTER = 45_000;

/**
 * One isolate's copy of the creators' signing keys and of the revocations: a few kilobytes that follow two logs in
 * D1, so that no segment needs a read. Under traffic the copy is refreshed off the request path every 15 s; one
 * that is older than 45 s (the first request of an isolate, or after a pause) is refreshed before it is used.
 *
 * When D1 cannot be read the last copy goes on being used, and an isolate that never had one serves our own grants
 * without revocations: fails open, since a grant ends by itself within hours while an outage of D1 would otherwise
 * stop every film. Creators' keys are unknown to such an isolate, so their grants fail closed. Each failure is
 * logged as `delivery-log`.
 */
export class DeliveryLog {
  readonly #keys = new Map<string, VerificationKey>();
  readonly #revokedAt = new Map<string, number>();
  readonly #position: LogPosition = { key: 0, revocation: 0 };
  #readAt = Number.NEGATIVE_INFINITY;
  #refreshing = false;

  /** Makes sure that the copy is fresh enough, waiting only where it would be too old. */
  async ensureFresh(
    db: () => Catalog,
    waitUntil: (promise: Promise<unknown>) => void,
  ): Promise<void> {
    const age = Date.now() - this.#readAt;
    if (age < REFRESH_AFTER) return;
    // Waiting requests read on their own: a promise of another request may die with it.
    if (age >= WAIT_AFTER) return this.#read(db());
    if (this.#refreshing) return;
    this.#refreshing = true;
    waitUntil(this.#read(db()));
  }

  /** Undefined for a key that is unknown or revoked. */
  key(kid: string): VerificationKey | undefined {
    return this.#revokedAt.has(`key:${kid}`) ? undefined : this.#keys.get(kid);
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
    if (this.#revokedAt.has(`key:${kid}`)) return true;
    const at = Math.max(
      this.#revokedAt.get(`video:${videoId}`) ?? 0,
      this.#revokedAt.get(`session:${videoId}/${sessionId}`) ?? 0,
    );
    return issuedAt * 1000 < at;
  }

  async #read(db: Catalog): Promise<void> {
    const startedAt = Date.now();
    try {
      const { keys, revoked } = await readDeliveryLog(db, this.#position);
      for (const { id, kid, jwk, ownerId } of keys) {
        this.#keys.set(kid, await importPublicKey(jwk, ownerId));
        this.#position.key = Math.max(id, this.#position.key);
      }
      for (const { id, subject, at } of revoked) {
        this.#revokedAt.set(subject, Math.max(at, this.#revokedAt.get(subject) ?? 0));
        this.#position.revocation = Math.max(id, this.#position.revocation);
      }
      this.#forget(startedAt - MAX_GRANT_AGE);
    } catch (error) {
      console.error(
        JSON.stringify({
          level: "error",
          event: "delivery-log",
          message: String(error),
          ageMs: startedAt - this.#readAt,
        }),
      );
    }
    // After a failure too: the next attempt is one interval away, not on every request.
    this.#readAt = startedAt;
    this.#refreshing = false;
  }

  /** What no living grant can be older than; a revoked key stays out with its revocation. */
  #forget(before: number): void {
    for (const [subject, at] of this.#revokedAt) {
      if (at >= before) continue;
      if (subject.startsWith("key:")) this.#keys.delete(subject.slice("key:".length));
      this.#revokedAt.delete(subject);
    }
  }
}
