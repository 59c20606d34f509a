import { and, desc, eq } from "drizzle-orm";
import { LIMITS } from "../../domain/limits.ts";
import type { Catalog } from "../client.ts";
import { insertWithin } from "../insert-within.ts";
import { oauthAccessToken, oauthClient, oauthConsent, oauthRefreshToken } from "./oauth-schema.ts";

const parseList = (json: string | null): string[] => (json ? (JSON.parse(json) as string[]) : []);

export interface AppRow {
  clientId: string;
  name: string;
  redirectUris: string[];
  scopes: string[];
  confidential: boolean;
  actsAsOwner: boolean;
  createdAt: Date;
}

export interface GrantRow {
  clientId: string;
  name: string;
  scopes: string[];
  grantedAt: Date;
}

/**
 * @param secretHash null for a public app
 * @returns false when the account has as many apps as it can have
 */
export async function insertApp(
  db: Catalog,
  app: AppRow & { id: string; userId: string; secretHash: string | null; ownScopes: string[] },
): Promise<boolean> {
  const signsIn = app.redirectUris.length > 0;
  const grantTypes = [
    ...(signsIn ? ["authorization_code", "refresh_token"] : []),
    ...(app.actsAsOwner ? ["client_credentials"] : []),
  ];
  // RFC 8252: only a native app may use the loopback interface or its own scheme.
  const isNative = app.redirectUris.some((uri) => !uri.startsWith("https:"));
  const insert = db.insert(oauthClient).values({
    id: app.id,
    clientId: app.clientId,
    clientSecret: app.secretHash,
    name: app.name,
    userId: app.userId,
    scopes: JSON.stringify(app.scopes),
    clientCredentialsScopes: JSON.stringify(app.ownScopes),
    redirectUris: JSON.stringify(app.redirectUris),
    grantTypes: JSON.stringify(grantTypes),
    responseTypes: JSON.stringify(signsIn ? ["code"] : []),
    tokenEndpointAuthMethod: app.confidential ? "client_secret_basic" : "none",
    applicationType: isNative ? "native" : "web",
    requirePKCE: true,
    createdAt: app.createdAt,
    updatedAt: app.createdAt,
  });
  const row = {
    ...{ table: oauthClient, id: oauthClient.id, idValue: app.id },
    ...{ owner: oauthClient.userId, ownerValue: app.userId },
  };
  return insertWithin(db, insert, row, LIMITS.appsPerAccount);
}

/** The apps that an account has registered, newest first. */
export async function listApps(db: Catalog, userId: string): Promise<AppRow[]> {
  const rows = await db
    .select()
    .from(oauthClient)
    .where(eq(oauthClient.userId, userId))
    .orderBy(desc(oauthClient.createdAt));
  return rows.map((row) => ({
    clientId: row.clientId,
    name: row.name ?? row.clientId,
    redirectUris: parseList(row.redirectUris),
    scopes: parseList(row.scopes),
    confidential: row.tokenEndpointAuthMethod !== "none",
    actsAsOwner: parseList(row.grantTypes).includes("client_credentials"),
    createdAt: row.createdAt ?? new Date(0),
  }));
}

/** Deletes an app with its consents and tokens. @returns false when the account has no such app */
export async function deleteApp(db: Catalog, userId: string, clientId: string): Promise<boolean> {
  const deleted = await db
    .delete(oauthClient)
    .where(and(eq(oauthClient.clientId, clientId), eq(oauthClient.userId, userId)))
    .returning({ id: oauthClient.id });
  return deleted.length > 0;
}

/** The apps that an account has authorised, newest first. */
export async function listGrants(db: Catalog, userId: string): Promise<GrantRow[]> {
  const rows = await db
    .select({
      clientId: oauthConsent.clientId,
      name: oauthClient.name,
      scopes: oauthConsent.scopes,
      grantedAt: oauthConsent.updatedAt,
    })
    .from(oauthConsent)
    .innerJoin(oauthClient, eq(oauthClient.clientId, oauthConsent.clientId))
    .where(eq(oauthConsent.userId, userId))
    .orderBy(desc(oauthConsent.updatedAt));
  return rows.map((row) => ({
    clientId: row.clientId,
    name: row.name ?? row.clientId,
    scopes: parseList(row.scopes),
    grantedAt: row.grantedAt ?? new Date(0),
  }));
}

/** Deletes a consent and all its tokens. @returns false when there was none */
export async function deleteGrant(db: Catalog, userId: string, clientId: string): Promise<boolean> {
  const [consents] = await db.batch([
    db
      .delete(oauthConsent)
      .where(and(eq(oauthConsent.userId, userId), eq(oauthConsent.clientId, clientId)))
      .returning({ id: oauthConsent.id }),
    db
      .delete(oauthAccessToken)
      .where(and(eq(oauthAccessToken.userId, userId), eq(oauthAccessToken.clientId, clientId))),
    db
      .delete(oauthRefreshToken)
      .where(and(eq(oauthRefreshToken.userId, userId), eq(oauthRefreshToken.clientId, clientId))),
  ]);
  return consents.length > 0;
}
