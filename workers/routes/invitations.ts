import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { InvitationCreate, InvitationCreated, InvitationList } from "../contract/invitations.ts";
import { allInvitations, invite, revokeInvitation } from "../services/invitations.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Accounts"];

export const invitations = createRouter()
  .openapi(
    createRoute({
      operationId: "invitations.list",
      method: "get",
      path: "/v1/admin/invitations",
      tags,
      summary: "List the open invitations",
      responses: { 200: json(InvitationList, "The newest first") },
    }),
    async (c) => c.json({ items: await allInvitations(c.env) }, 200),
  )
  .openapi(
    createRoute({
      operationId: "invitations.create",
      method: "post",
      path: "/v1/admin/invitations",
      tags,
      summary: "Invite a person",
      description:
        "Creates an account with a role, and a link to choose its password, which works once and for seven days. The link is mailed if the deployment has mail. An invitation that is not accepted is deleted with its account.",
      request: { body: body(InvitationCreate) },
      responses: { 201: json(InvitationCreated, "The invitation. Its link is shown only once") },
    }),
    async (c) =>
      c.json(await invite(c.env, c.var.principal, c.req.valid("json")), 201, {
        "cache-control": "no-store",
      }),
  )
  .openapi(
    createRoute({
      operationId: "invitations.revoke",
      method: "delete",
      path: "/v1/admin/invitations/{id}",
      tags,
      summary: "Revoke an invitation",
      request: { params: z.object({ id: Id }) },
      responses: { 204: { description: "The link no longer works" } },
    }),
    async (c) => {
      await revokeInvitation(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  );
