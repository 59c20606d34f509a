import type { z } from "zod";
import type { Account, App, Grant, Token } from "../contract/account.ts";
import type { AccessTokenRow } from "../db/access-tokens.ts";
import type { AccountRow } from "../db/accounts.ts";
import type { AppRow, GrantRow } from "../db/apps.ts";

export const presentAccount = (row: AccountRow): Omit<Account, "scopes"> => ({
  id: row.id,
  name: row.name,
  email: row.email,
  emailVerified: row.emailVerified,
  twoFactorEnabled: row.twoFactorEnabled ?? false,
  role: row.role,
  createdAt: row.createdAt.toISOString(),
});

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

export const presentGrant = (row: GrantRow): z.infer<typeof Grant> => ({
  ...row,
  grantedAt: row.grantedAt.toISOString(),
});
