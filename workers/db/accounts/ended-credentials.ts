import { and, gte, isNull, lt, sql } from "drizzle-orm";
import { rateLimit, session, verification } from "./auth-schema.ts";
import { type Catalog, runBatch } from "../client.ts";
import {
  oauthAccessToken,
  oauthClient,
  oauthClientAssertion,
  oauthRefreshToken,
} from "./oauth-schema.ts";

const DAY_MS = 86_400_000;
/** An app that registered itself is deleted at this age if no account has granted it access. */
const UNUSED_APP_AGE_MS = 30 * DAY_MS;
/** Only apps that have just reached that age are checked, because apps in use are kept forever. */
const UNUSED_APP_WINDOW_MS = 7 * DAY_MS;

/**
 * Deletes what has expired: sessions, verifications, OAuth tokens and client assertions, counts of attempts whose
 * window is over, and unused apps that registered themselves. Each statement walks an index on time, so a run reads as
 * many rows as it deletes; the last one also reads the apps that were registered within one week.
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
    db
      .delete(oauthClient)
      .where(
        and(
          isNull(oauthClient.userId),
          gte(oauthClient.createdAt, new Date(now - UNUSED_APP_AGE_MS - UNUSED_APP_WINDOW_MS)),
          lt(oauthClient.createdAt, new Date(now - UNUSED_APP_AGE_MS)),
          sql`NOT EXISTS (SELECT 1 FROM oauth_consent c WHERE c.client_id = oauth_client.client_id)`,
        ),
      ),
  ]);
}
