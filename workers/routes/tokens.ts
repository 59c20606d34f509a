import { createRoute, z } from "@hono/zod-openapi";
import { TokenCreate, TokenCreated, TokenList } from "../contract/accounts.ts";
import { Id } from "../contract/common.ts";
import { catalog } from "../db/client.ts";
import {
  deleteAccessToken,
  insertAccessToken,
  listAccessTokens,
} from "../db/accounts/access-tokens.ts";
import { presentToken } from "../services/accounts.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { assertMayGrant, signedIn } from "../domain/principal.ts";
import { hashSecret, newPersonalToken } from "../domain/secret.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Account"];
const DAY_MS = 86_400_000;

export const tokens = createRouter()
  .openapi(
    createRoute({
      operationId: "tokens.list",
      method: "get",
      tags,
      path: "/v1/tokens",
      summary: "List your personal access tokens",
      responses: { 200: json(TokenList, "Your tokens, newest first, without their secrets") },
    }),
    async (c) => {
      const rows = await listAccessTokens(catalog(c.env), signedIn(c.var.principal).userId);
      return c.json({ items: rows.map(presentToken) }, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "tokens.create",
      method: "post",
      tags,
      path: "/v1/tokens",
      summary: "Create a personal access token",
      request: { body: body(TokenCreate) },
      responses: { 201: json(TokenCreated, "The token. Its secret is shown only once") },
    }),
    async (c) => {
      const { name, scopes, expiresInDays } = c.req.valid("json");
      const { userId, role } = signedIn(c.var.principal);
      assertMayGrant(role, scopes);
      const token = newPersonalToken();
      const createdAt = new Date();
      const row = {
        id: newId(),
        name,
        hint: token.slice(-4),
        scopes,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + expiresInDays * DAY_MS),
        lastUsedAt: null,
      };
      const hash = await hashSecret(token);
      if (!(await insertAccessToken(catalog(c.env), { ...row, userId, hash })))
        throw new AppError(
          "limit_reached",
          `An account can have ${LIMITS.personalTokensPerAccount} personal access tokens. Revoke one you no longer use.`,
        );
      return c.json({ ...presentToken(row), token }, 201, { "cache-control": "no-store" });
    },
  )
  .openapi(
    createRoute({
      operationId: "tokens.revoke",
      method: "delete",
      tags,
      path: "/v1/tokens/{id}",
      summary: "Revoke a personal access token",
      request: { params: z.object({ id: Id }) },
      responses: { 204: { description: "Revoked. It stops working within a minute" } },
    }),
    async (c) => {
      const { userId } = signedIn(c.var.principal);
      const isDeleted = await deleteAccessToken(catalog(c.env), userId, c.req.valid("param").id);
      if (!isDeleted) throw new AppError("not_found", "This token does not exist.");
      return c.body(null, 204);
    },
  );
