import { createRoute, z } from "@hono/zod-openapi";
import { AppCreate, AppCreated, AppList, GrantList, Scope } from "../contract/accounts.ts";
import { catalog } from "../db/client.ts";
import { deleteApp, deleteGrant, insertApp, listApps, listGrants } from "../db/accounts/apps.ts";
import { presentApp, presentAppGrant } from "../services/accounts.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { assertMayGrant, signedIn } from "../domain/principal.ts";
import { CLIENT_SECRET_PREFIX, hashSecret, newSecret } from "../domain/secret.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Apps"];
const ClientId = z.object({ clientId: z.string().min(1).max(100) });

/** The OAuth apps that an account has registered, and its grants to apps of others. */
export const apps = createRouter()
  .openapi(
    createRoute({
      operationId: "apps.list",
      method: "get",
      tags,
      path: "/v1/apps",
      summary: "List your OAuth apps",
      responses: { 200: json(AppList, "The apps that the account has registered, newest first") },
    }),
    async (c) => {
      const rows = await listApps(catalog(c.env), signedIn(c.var.principal).userId);
      return c.json({ items: rows.map(presentApp) }, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "apps.create",
      method: "post",
      tags,
      path: "/v1/apps",
      summary: "Register an OAuth app",
      request: { body: body(AppCreate) },
      responses: { 201: json(AppCreated, "The app. Its secret is shown only once") },
    }),
    async (c) => {
      const { userId, role } = signedIn(c.var.principal);
      const input = c.req.valid("json");
      const ownScopes = input.actsAsOwner
        ? input.scopes.filter((scope) => Scope.safeParse(scope).success)
        : [];
      assertMayGrant(role, ownScopes);
      const secret = input.confidential ? newSecret() : null;
      const app = { ...input, clientId: newId(), createdAt: new Date() };
      const secretHash = secret && (await hashSecret(secret));
      const row = { ...app, id: newId(), userId, secretHash, ownScopes };
      if (!(await insertApp(catalog(c.env), row)))
        throw new AppError(
          "limit_reached",
          `An account can have ${LIMITS.appsPerAccount} apps. Delete one you no longer use.`,
        );
      return c.json(
        {
          ...app,
          createdAt: app.createdAt.toISOString(),
          clientSecret: secret && CLIENT_SECRET_PREFIX + secret,
        },
        201,
        { "cache-control": "no-store" },
      );
    },
  )
  .openapi(
    createRoute({
      operationId: "apps.delete",
      method: "delete",
      tags,
      path: "/v1/apps/{clientId}",
      summary: "Delete an OAuth app and all of its tokens",
      request: { params: ClientId },
      responses: { 204: { description: "Deleted" } },
    }),
    async (c) => {
      const { userId } = signedIn(c.var.principal);
      const isDeleted = await deleteApp(catalog(c.env), userId, c.req.valid("param").clientId);
      if (!isDeleted) throw new AppError("not_found", "This app does not exist.");
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "grants.list",
      method: "get",
      tags,
      path: "/v1/grants",
      summary: "List the apps with access to your account",
      responses: { 200: json(GrantList, "The grants, newest first") },
    }),
    async (c) => {
      const rows = await listGrants(catalog(c.env), signedIn(c.var.principal).userId);
      return c.json({ items: rows.map(presentAppGrant) }, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "grants.revoke",
      method: "delete",
      tags,
      path: "/v1/grants/{clientId}",
      summary: "Revoke the access of an app",
      request: { params: ClientId },
      responses: {
        204: { description: "Revoked. Access tokens issued before expire within 15 minutes" },
      },
    }),
    async (c) => {
      const { userId } = signedIn(c.var.principal);
      const isDeleted = await deleteGrant(catalog(c.env), userId, c.req.valid("param").clientId);
      if (!isDeleted) throw new AppError("not_found", "This app has no access to your account.");
      return c.body(null, 204);
    },
  );
