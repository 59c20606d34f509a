import { and, eq, gt, like, lte, sql } from "drizzle-orm";
import type { Role } from "../../contract/accounts.ts";
import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import type { CallerSession } from "../../domain/principal.ts";
import { type Catalog, runBatch } from "../client.ts";
import { personalAccessToken, session, user } from "./auth-schema.ts";
import { isActive } from "./suspensions.ts";
import { oauthAccessToken, oauthClient, oauthConsent, oauthRefreshToken } from "./oauth-schema.ts";

/** What a JWT was issued from. The JWT is valid only while this still exists. */
export type CredentialSource =
  | { kind: "session"; userId: string; sessionId: string }
  /** `issuedAt`: milliseconds since the epoch. A later consent does not revive an older token. */
  | { kind: "consent"; userId: string; clientId: string; issuedAt: number }
  /** An app that acts as the account that registered it. */
  | { kind: "own-app"; userId: string; clientId: string };

/** The session or grant behind a JWT. */
export interface Standing {
  role: Role;
  /** Includes the maturity limit of its profile; null for the token of an app. */
  session: (CallerSession & { maturityLimit: MaturityLimit | null }) | null;
}

const ofApp = (row: { role: Role } | undefined): Standing | null =>
  row ? { role: row.role, session: null } : null;

/**
 * The current role of the account behind a JWT, and its session; null when its session was ended, its app's access was revoked, or the
 * account was deleted or suspended. Plan: each join starts at a unique index and reads one row per table.
 */
export async function standingOfCredential(
  db: Catalog,
  source: CredentialSource,
  now: number,
): Promise<Standing | null> {
  const { userId } = source;
  const account = db.select({ role: user.role }).from(user);
  switch (source.kind) {
    case "session": {
      const isLive = and(
        eq(session.id, source.sessionId),
        eq(session.userId, userId),
        gt(session.expiresAt, new Date(now)),
        isActive,
      );
      const { id, createdAt, profileId, maturityLimit } = session;
      const row = await db
        .select({ role: user.role, id, createdAt, profileId, maturityLimit })
        .from(user)
        .innerJoin(session, eq(session.userId, user.id))
        .where(isLive)
        .get();
      if (!row) return null;
      const { role, createdAt: startedAt, ...rest } = row;
      return { role, session: { ...rest, startedAt: startedAt.getTime() } };
    }
    case "consent": {
      const isGranted = and(
        eq(oauthConsent.userId, userId),
        eq(oauthConsent.clientId, source.clientId),
        // Tokens say in whole seconds when they were issued.
        lte(oauthConsent.createdAt, new Date(source.issuedAt + 999)),
        isActive,
      );
      const row = await account
        .innerJoin(oauthConsent, eq(oauthConsent.userId, user.id))
        .where(isGranted)
        .get();
      return ofApp(row);
    }
    case "own-app": {
      const mayAct = and(
        eq(oauthClient.clientId, source.clientId),
        eq(oauthClient.userId, userId),
        like(oauthClient.grantTypes, '%"client_credentials"%'),
        isActive,
      );
      const row = await account
        .innerJoin(oauthClient, eq(oauthClient.userId, user.id))
        .where(mayAct)
        .get();
      return ofApp(row);
    }
  }
}

/** Deletes all personal access tokens of an account. */
export async function deleteAccessTokens(db: Catalog, userId: string): Promise<void> {
  await db.delete(personalAccessToken).where(eq(personalAccessToken.userId, userId));
}

/**
 * Ends the access of every app to an account, including the account's own apps that act as it. These stay registered
 * for the people who sign in with them.
 */
export async function endAppAccess(db: Catalog, userId: string): Promise<void> {
  await runBatch(db, [
    db.delete(oauthConsent).where(eq(oauthConsent.userId, userId)),
    db.delete(oauthAccessToken).where(eq(oauthAccessToken.userId, userId)),
    db.delete(oauthRefreshToken).where(eq(oauthRefreshToken.userId, userId)),
    db
      .update(oauthClient)
      .set({
        clientCredentialsScopes: "[]",
        grantTypes: sql`(
          SELECT json_group_array(value) FROM json_each(${oauthClient.grantTypes})
          WHERE value <> 'client_credentials')`,
      })
      .where(
        and(eq(oauthClient.userId, userId), like(oauthClient.grantTypes, '%"client_credentials"%')),
      ),
  ]);
}
