import type { z } from "zod";
import type { Account, AccountDetails, App, Grant, Token } from "../contract/account.ts";
import type { AccessTokenRow } from "../db/access-tokens.ts";
import type { AccountRow } from "../db/accounts.ts";
import type { AppRow, GrantRow } from "../db/apps.ts";
import type { SignedIn } from "../domain/principal.ts";

export const presentAccount = (row: AccountRow): AccountDetails => ({
  id: row.id,
  name: row.name,
  email: row.email,
  emailVerified: row.emailVerified,
  twoFactorEnabled: row.twoFactorEnabled ?? false,
  role: row.role,
  createdAt: row.createdAt.toISOString(),
});

/** As much of the caller's own account as its user has agreed to show, where it is not the user. */
export function presentToCaller(row: AccountRow, { via, scopes }: SignedIn): Account {
  const account = presentAccount(row);
  if (via === "session") return { ...account, scopes: [...scopes] };
  const { id, name, role, createdAt, email, emailVerified } = account;
  return {
    id,
    ...(scopes.has("profile") && { name, role, createdAt }),
    ...(scopes.has("email") && { email, emailVerified }),
    scopes: [...scopes],
  };
}

export const presentToken = (row: AccessTokenRow): Token => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

export const presentApp = (row: AppRow): App => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
});

export const presentAppGrant = (row: GrantRow): z.infer<typeof Grant> => ({
  ...row,
  grantedAt: row.grantedAt.toISOString(),
});
