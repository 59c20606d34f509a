import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { SigningKey, SigningKeyCreate, SigningKeyList } from "../contract/signing-keys.ts";
import { createSigningKey, endSigningKey, ownSigningKeys } from "../services/signing-keys.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Signing keys"];

export const signingKeys = createRouter()
  .openapi(
    createRoute({
      operationId: "signing-keys.list",
      method: "get",
      path: "/v1/signing-keys",
      tags,
      summary: "List your signing keys",
      responses: {
        200: json(
          SigningKeyList,
          "Your keys, newest first, including those revoked within the last day",
        ),
      },
    }),
    async (c) => c.json({ items: await ownSigningKeys(c.env, c.var.principal) }, 200),
  )
  .openapi(
    createRoute({
      operationId: "signing-keys.create",
      method: "post",
      path: "/v1/signing-keys",
      tags,
      summary: "Register the public key of your server",
      description:
        "Playback tokens that your server signs with this key are valid for your videos, everywhere within a minute. At most 20 keys at a time. See docs/playback-tokens.md.",
      request: { body: body(SigningKeyCreate) },
      responses: {
        201: json(SigningKey, "The key. Its `kid` goes into the header of every token"),
      },
    }),
    async (c) => c.json(await createSigningKey(c.env, c.var.principal, c.req.valid("json")), 201),
  )
  .openapi(
    createRoute({
      operationId: "signing-keys.revoke",
      method: "delete",
      path: "/v1/signing-keys/{kid}",
      tags,
      summary: "Revoke a key and every token signed with it",
      request: { params: z.object({ kid: Id }) },
      responses: { 204: { description: "Revoked, everywhere within a minute" } },
    }),
    async (c) => {
      await endSigningKey(c.env, c.var.principal, c.req.valid("param").kid);
      return c.body(null, 204);
    },
  );
