import type { z } from "zod";
import type { Account, AccountDetails, App, Grant, Token } from "../contract/accounts.ts";
import type { AccessTokenRow } from "../db/accounts/access-tokens.ts";
import { eraseVideosOf } from "../db/accounts/account-videos.ts";
import type { AccountRow } from "../db/accounts/accounts.ts";
import type { AppRow, GrantRow } from "../db/accounts/apps.ts";
import { deleteAccessTokens, endAppAccess } from "../db/accounts/credentials.ts";
import { catalog, runBatch } from "../db/client.ts";
import { removeDigest } from "../db/digests.ts";
import { countEndedTime } from "../db/encode-usage.ts";
import { markVideosChanged } from "../db/index-lag.ts";
import { forgetPicks } from "../db/popular-searches.ts";
import { forgetTrust } from "../db/reviews.ts";
import { forgetReporter } from "../db/reports.ts";
import { accountRevocations } from "../db/revocations.ts";
import { listSigningKeys, revokeSigningKey } from "../db/signing-keys.ts";
import { deleteCreator } from "./creators.ts";
import { deleteLibrary } from "./history.ts";
import { encodeBudgetMs } from "../domain/tasks/encode-budget.ts";
import type { SignedIn } from "../domain/principal.ts";
import { hashAccount } from "../domain/viewer-hash.ts";
import { accountTags } from "../media/playback-token.ts";

/**
 * Erases an account's videos, including its bin, because no one could restore them any more. Deletes its uploads, watch
 * history, profile, signing keys, reports and searches. The caller relays the outbox, through which the stored objects and
 * the search index follow. Repeating it is harmless.
 */
export async function deleteAccountContents(env: Env, userId: string): Promise<void> {
  const db = catalog(env);
  const now = Date.now();
  const who = await hashAccount(env.BETTER_AUTH_SECRET, userId);
  await runBatch(db, [
    ...countEndedTime(db, { ownerId: userId }, encodeBudgetMs(env), now),
    ...eraseVideosOf(db, userId, now),
    forgetReporter(db, who),
    forgetTrust(db, userId),
    forgetPicks(db, who),
    ...accountRevocations(db, await accountTags(env, userId), now),
  ]);
  await deleteLibrary(env, userId);
  await deleteCreator(env, userId);
  await removeDigest(db, userId);
  for (const { kid } of await listSigningKeys(db, userId)) await revokeSigningKey(db, kid);
}

/** Ends everything that can act as an account without its session: personal access tokens, and the access of apps. */
export async function revokeAccess(
  env: Pick<Env, "CATALOG">,
  userId: string,
  { tokens, apps }: { tokens: boolean; apps: boolean },
): Promise<void> {
  const db = catalog(env);
  if (tokens) await deleteAccessTokens(db, userId);
  if (apps) await endAppAccess(db, userId);
}

/** Marks an account's videos for reindexing after its name has changed; the cron does it within minutes. */
export function reindexVideosOf(env: Env, userId: string): Promise<void> {
  return markVideosChanged(catalog(env), userId, Date.now());
}

export function presentAccount(row: AccountRow): AccountDetails {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    emailVerified: row.emailVerified,
    twoFactorEnabled: row.twoFactorEnabled ?? false,
    role: row.role,
    createdAt: row.createdAt.toISOString(),
  };
}

/** The caller's own account: all of it for its session; for an app, what its scopes allow. */
export function presentToCaller(
  row: AccountRow,
  { via, scopes, role: ownRole }: SignedIn,
): Account {
  const account = presentAccount(row);
  if (via === "session") return { ...account, role: ownRole, scopes: [...scopes] };
  const { id, name, role, createdAt, email, emailVerified } = account;
  return {
    id,
    ...(scopes.has("profile") && { name, role, createdAt }),
    ...(scopes.has("email") && { email, emailVerified }),
    scopes: [...scopes],
  };
}

export function presentToken(row: AccessTokenRow): Token {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}

export function presentApp(row: AppRow): App {
  return { ...row, createdAt: row.createdAt.toISOString() };
}

export function presentAppGrant(row: GrantRow): z.infer<typeof Grant> {
  return { ...row, grantedAt: row.grantedAt.toISOString() };
}
