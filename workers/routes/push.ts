import { createRoute } from "@hono/zod-openapi";
import { PushState, PushUpdate } from "../contract/push.ts";
import { getPush, setPush } from "../services/push.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Follows"];

export const push = createRouter()
  .openapi(
    createRoute({
      operationId: "push.get",
      method: "get",
      path: "/v1/me/push",
      tags,
      summary: "Which browsers get notifications of new videos",
      responses: { 200: json(PushState, "The key to subscribe with, and the browsers") },
    }),
    async (c) => c.json(await getPush(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "push.put",
      method: "put",
      path: "/v1/me/push",
      tags,
      summary: "Start or stop the notifications of a browser",
      request: { body: body(PushUpdate) },
      responses: { 200: json(PushState, "As it is now") },
    }),
    async (c) => c.json(await setPush(c.env, c.var.principal, c.req.valid("json")), 200),
  );
