import { createRoute } from "@hono/zod-openapi";
import { Digest, DigestUpdate, UnsubscribeQuery } from "../contract/digest.ts";
import { getDigest, setDigest, unsubscribe } from "../services/digest.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Follows"];

export const digest = createRouter()
  .openapi(
    createRoute({
      operationId: "digest.get",
      method: "get",
      path: "/v1/me/digest",
      tags,
      summary: "Whether you get a weekly mail with new videos",
      responses: { 200: json(Digest, "Whether you do") },
    }),
    async (c) => c.json(await getDigest(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "digest.put",
      method: "put",
      path: "/v1/me/digest",
      tags,
      summary: "Start or stop the weekly mail with new videos",
      request: { body: body(DigestUpdate) },
      responses: { 200: json(Digest, "As it is now") },
    }),
    async (c) => c.json(await setDigest(c.env, c.var.principal, c.req.valid("json").enabled), 200),
  )
  .openapi(
    createRoute({
      operationId: "digest.unsubscribe",
      method: "post",
      path: "/v1/unsubscribe",
      tags,
      summary: "Stop the weekly mail, with the link in each mail",
      description: "One-click unsubscribe for mail programs (RFC 8058). The body is ignored.",
      request: { query: UnsubscribeQuery },
      responses: { 204: { description: "The weekly mail is stopped" } },
    }),
    async (c) => {
      await unsubscribe(c.env, c.req.valid("query").token);
      return c.body(null, 204);
    },
  );
