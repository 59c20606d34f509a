import { lt } from "drizzle-orm";
import { rateLimit, session, verification } from "./auth-schema.ts";
import { type Catalog, runBatch } from "../client.ts";
import { oauthAccessToken, oauthClientAssertion, oauthRefreshToken } from "./oauth-schema.ts";

const DAY_MS = 86_400_000;

/**
 * Deletes what has expired: sessions, verifications, OAuth tokens and client assertions, and counts of attempts that no
 * window reaches any more. Each statement walks an index on the time, so a run costs as many rows as it deletes.
 */
export async function forgetEndedCredentials(db: Catalog, now: number): Promise<void> {
  const expired = new Date(now);
  await runBatch(db, [
    db.delete(session).where(lt(session.expiresAt, expired)),
    db.delete(verification).where(lt(verification.expiresAt, expired)),
    db.delete(oauthAccessToken).where(lt(oauthAccessToken.expiresAt, expired)),
    db.delete(oauthRefreshToken).where(lt(oauthRefreshToken.expiresAt, expired)),
    db.delete(oauthClientAssertion).where(lt(oauthClientAssertion.expiresAt, expired)),
    db.delete(rateLimit).where(lt(rateLimit.lastRequest, now - DAY_MS)),
  ]);
}
