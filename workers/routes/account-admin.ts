import { createRoute, z } from "@hono/zod-openapi";
import {
  AccountListQuery,
  AccountPatch,
  ManagedAccount,
  ManagedAccountPage,
  ManagedSessionList,
  SuspensionPut,
} from "../contract/account-admin.ts";
import { Id } from "../contract/common.ts";
import {
  accountSessions,
  changeAccount,
  deleteManagedAccount,
  endAccountSessions,
  getAccount,
  listAccounts,
  suspendAccount,
  unsuspendAccount,
} from "../services/account-admin.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Accounts"];
const params = z.object({ id: Id });

/** Accounts of others, for admins. */
export const accountAdmin = createRouter()
  .openapi(
    createRoute({
      operationId: "accounts.list",
      method: "get",
      path: "/v1/admin/accounts",
      tags,
      summary: "List or search the accounts of the site",
      description:
        "`q` finds an id, the beginning of an email address and, among the newest 20,000 accounts, a part of a name or an address. The results fit on one page.",
      request: { query: AccountListQuery },
      responses: { 200: json(ManagedAccountPage, "The newest first") },
    }),
    async (c) => c.json(await listAccounts(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "accounts.get",
      method: "get",
      path: "/v1/admin/accounts/{id}",
      tags,
      summary: "Get an account",
      request: { params },
      responses: { 200: json(ManagedAccount, "The account with its limits and usage") },
    }),
    async (c) => c.json(await getAccount(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "accounts.update",
      method: "patch",
      path: "/v1/admin/accounts/{id}",
      tags,
      summary: "Change the role or the limits of an account",
      description:
        "Admins cannot change their own role, and the last admin keeps the role. A limit of `null` means the site's limit.",
      request: { params, body: body(AccountPatch) },
      responses: { 200: json(ManagedAccount, "The changed account") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(await changeAccount(c.env, c.var.principal, id, c.req.valid("json")), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "accounts.suspend",
      method: "put",
      path: "/v1/admin/accounts/{id}/suspension",
      tags,
      summary: "Suspend an account",
      description:
        "The account is signed out and cannot sign in, and its tokens become invalid within a minute. Its videos are hidden until the suspension ends. Its signing keys are revoked permanently. Its holder gets a mail with the reason.",
      request: { params, body: body(SuspensionPut) },
      responses: { 204: { description: "Suspended" } },
    }),
    async (c) => {
      const { reason } = c.req.valid("json");
      await suspendAccount(c.env, c.var.principal, c.req.valid("param").id, reason);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "accounts.unsuspend",
      method: "delete",
      path: "/v1/admin/accounts/{id}/suspension",
      tags,
      summary: "End the suspension of an account",
      description: "Its videos become visible to the same people as before.",
      request: { params },
      responses: { 204: { description: "Not suspended" } },
    }),
    async (c) => {
      await unsuspendAccount(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "accounts.delete",
      method: "delete",
      path: "/v1/admin/accounts/{id}",
      tags,
      summary: "Delete an account",
      description: "Deletes its videos, which cannot be restored, and all its other data.",
      request: { params },
      responses: { 204: { description: "Deleted" } },
    }),
    async (c) => {
      await deleteManagedAccount(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "accounts.sessions",
      method: "get",
      path: "/v1/admin/accounts/{id}/sessions",
      tags,
      summary: "List the sessions of an account",
      request: { params },
      responses: { 200: json(ManagedSessionList, "The newest first") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json({ items: await accountSessions(c.env, c.var.principal, id) }, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "accounts.end-sessions",
      method: "delete",
      path: "/v1/admin/accounts/{id}/sessions",
      tags,
      summary: "Sign an account out everywhere",
      request: { params },
      responses: { 204: { description: "Signed out: for reads within a minute" } },
    }),
    async (c) => {
      await endAccountSessions(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "accounts.end-session",
      method: "delete",
      path: "/v1/admin/accounts/{id}/sessions/{sessionId}",
      tags,
      summary: "End one session of an account",
      request: { params: params.extend({ sessionId: Id }) },
      responses: { 204: { description: "Ended: for reads within a minute" } },
    }),
    async (c) => {
      const { id, sessionId } = c.req.valid("param");
      await endAccountSessions(c.env, c.var.principal, id, sessionId);
      return c.body(null, 204);
    },
  );
