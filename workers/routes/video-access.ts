import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import {
  AccessLink,
  AccessLinkCreate,
  InvitationCreate,
  InvitedAccount,
  Unlocked,
  UnlockRequest,
  VideoAccess,
  VideoPasswordPut,
} from "../contract/video-access.ts";
import { unlockVideo } from "../services/unlock.ts";
import {
  createAccessLink,
  getVideoAccess,
  inviteAccounts,
  revokeAccessLink,
  sendInvitations,
  setVideoPassword,
  uninviteAccount,
} from "../services/video-access.ts";
import { addressKey } from "./limits.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Access"];
const params = z.object({ id: Id });
const path = "/v1/videos/{id}/access";

export const videoAccess = createRouter()
  .openapi(
    createRoute({
      operationId: "videos.unlock",
      method: "post",
      path: "/v1/videos/{id}/unlock",
      tags,
      summary: "Get a pass for a private video",
      description:
        "For the password of a video, or the `key` of a link to it. Send the pass in the header `Kinora-Pass` with every request about this video.",
      request: { params, body: body(UnlockRequest) },
      responses: { 200: json(Unlocked, "The pass, valid for twelve hours or until the link ends") },
    }),
    async (c) => {
      const caller = {
        principal: c.var.principal,
        address: addressKey(c.req.header("cf-connecting-ip") ?? ""),
      };
      const { id } = c.req.valid("param");
      const unlocked = await unlockVideo(c.env, caller, id, c.req.valid("json"));
      return c.json(unlocked, 200, { "cache-control": "no-store" });
    },
  )
  .openapi(
    createRoute({
      operationId: "access.get",
      method: "get",
      path,
      tags,
      summary: "Get the access to a private video",
      request: { params },
      responses: { 200: json(VideoAccess, "Whether it has a password, its links and accounts") },
    }),
    async (c) =>
      c.json(await getVideoAccess(c.env, c.var.principal, c.req.valid("param").id), 200, {
        "cache-control": "no-store",
      }),
  )
  .openapi(
    createRoute({
      operationId: "access.set-password",
      method: "put",
      path: `${path}/password`,
      tags,
      summary: "Set or remove the password of a private video",
      request: { params, body: body(VideoPasswordPut) },
      responses: {
        204: {
          description: "Set. Viewers who used the previous password are stopped within a minute",
        },
      },
    }),
    async (c) => {
      const { password } = c.req.valid("json");
      await setVideoPassword(c.env, c.var.principal, c.req.valid("param").id, password);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "access.create-link",
      method: "post",
      path: `${path}/links`,
      tags,
      summary: "Create a link to a private video",
      request: { params, body: body(AccessLinkCreate) },
      responses: { 201: json(AccessLink, "The link") },
    }),
    async (c) =>
      c.json(
        await createAccessLink(
          c.env,
          c.var.principal,
          c.req.valid("param").id,
          c.req.valid("json"),
        ),
        201,
        { "cache-control": "no-store" },
      ),
  )
  .openapi(
    createRoute({
      operationId: "access.revoke-link",
      method: "delete",
      path: `${path}/links/{linkId}`,
      tags,
      summary: "Revoke a link",
      request: { params: params.extend({ linkId: Id }) },
      responses: { 204: { description: "Revoked, everywhere within a minute" } },
    }),
    async (c) => {
      const { id, linkId } = c.req.valid("param");
      await revokeAccessLink(c.env, c.var.principal, id, linkId);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "access.invite",
      method: "post",
      path: `${path}/accounts`,
      tags,
      summary: "Invite accounts to a private video",
      description:
        "By their email addresses, with or without an account. An account may watch once its address is confirmed.",
      request: { params, body: body(InvitationCreate) },
      responses: {
        201: json(z.object({ items: z.array(InvitedAccount) }), "The new invitations"),
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { added, mails } = await inviteAccounts(
        c.env,
        c.var.principal,
        id,
        c.req.valid("json"),
      );
      c.executionCtx.waitUntil(sendInvitations(c.env, mails));
      return c.json({ items: added }, 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "access.uninvite",
      method: "delete",
      path: `${path}/accounts/{invitationId}`,
      tags,
      summary: "Stop letting an account watch",
      request: { params: params.extend({ invitationId: Id }) },
      responses: { 204: { description: "Its playback stops everywhere within a minute" } },
    }),
    async (c) => {
      const { id, invitationId } = c.req.valid("param");
      await uninviteAccount(c.env, c.var.principal, id, invitationId);
      return c.body(null, 204);
    },
  );
