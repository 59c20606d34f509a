import { createRoute } from "@hono/zod-openapi";
import { AccessRevocation, Account, AccountExport } from "../contract/accounts.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import { catalog } from "../db/client.ts";
import { exportAccount } from "../services/account-export.ts";
import { presentToCaller, revokeAccess } from "../services/accounts.ts";
import { AppError } from "../domain/errors.ts";
import { signedIn } from "../domain/principal.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Account"];

export const account = createRouter()
  .openapi(
    createRoute({
      operationId: "account.me",
      method: "get",
      path: "/v1/me",
      tags,
      summary: "Get your account",
      responses: { 200: json(Account, "The account, with the scopes of the access token") },
    }),
    async (c) => {
      const caller = signedIn(c.var.principal);
      const row = await findAccount(catalog(c.env), caller.userId);
      if (!row) throw new AppError("invalid_token", "The account of this token was deleted.");
      return c.json(presentToCaller(row, caller), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "account.export",
      method: "get",
      path: "/v1/me/export",
      tags,
      summary: "Export your account data",
      responses: {
        200: json(AccountExport, "Everything stored about the account, without secrets"),
      },
    }),
    async (c) =>
      c.json(await exportAccount(c.env, signedIn(c.var.principal).userId), 200, {
        "cache-control": "no-store",
        "content-disposition": 'attachment; filename="account.json"',
      }),
  )
  .openapi(
    createRoute({
      operationId: "account.revoke-access",
      method: "post",
      path: "/v1/me/revoke-access",
      tags,
      summary: "End all personal access tokens, or the access of all apps",
      request: { body: body(AccessRevocation) },
      responses: {
        204: { description: "Ended: for writes at once, for reads everywhere within a minute" },
      },
    }),
    async (c) => {
      await revokeAccess(c.env, signedIn(c.var.principal).userId, c.req.valid("json"));
      return c.body(null, 204);
    },
  );
