import { createRoute } from "@hono/zod-openapi";
import { Account } from "../contract/account.ts";
import { catalog } from "../db/client.ts";
import { findAccount } from "../db/accounts.ts";
import { AppError } from "../domain/errors.ts";
import { signedIn } from "../domain/principal.ts";
import { createRouter, json } from "./router.ts";

export const account = createRouter().openapi(
  createRoute({
    operationId: "account.me",
    method: "get",
    path: "/v1/me",
    summary: "The account behind the access token",
    responses: { 200: json(Account, "The account and what this token may do") },
  }),
  async (c) => {
    const caller = signedIn(c.var.principal);
    const row = await findAccount(catalog(c.env), caller.userId);
    if (!row) throw new AppError("invalid_token", "The account of this token was deleted.");
    return c.json(
      {
        id: row.id,
        name: row.name,
        email: row.email,
        emailVerified: row.emailVerified,
        twoFactorEnabled: row.twoFactorEnabled ?? false,
        role: row.role,
        scopes: [...caller.scopes],
        createdAt: row.createdAt.toISOString(),
      },
      200,
    );
  },
);
