import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { Premiere } from "../contract/premieres.ts";
import { relayOutbox } from "../services/outbox.ts";
import { getPremiere, premierePoster } from "../services/premieres.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Videos"];
const params = z.object({ id: Id });
/** Seconds. */
const POSTER_MAX_AGE_SECONDS = 60;

export const premieres = createRouter()
  .openapi(
    createRoute({
      operationId: "videos.premiere",
      method: "get",
      path: "/v1/videos/{id}/premiere",
      tags,
      summary: "Get when a video starts",
      description:
        "The public details of a scheduled video with a premiere, until it can be watched.",
      request: { params },
      responses: { 200: json(Premiere, "Title, poster and time") },
    }),
    async (c) => {
      const premiere = await getPremiere(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(premiere, 200, { "cache-control": "no-store" });
    },
  )
  .openapi(
    createRoute({
      operationId: "videos.premiere-poster",
      method: "get",
      path: "/v1/videos/{id}/premiere/poster",
      tags,
      summary: "Get the poster of a video that has not started",
      request: { params },
      responses: {
        200: {
          description: "The picture",
          content: { "image/*": { schema: z.string().openapi({ format: "binary" }) } },
        },
        204: { description: "It has none yet" },
      },
    }),
    async (c) => {
      const poster = await premierePoster(c.env, c.var.principal, c.req.valid("param").id);
      if (!poster) return c.body(null, 204);
      return c.body(poster.bytes, 200, {
        "content-type": poster.contentType,
        "cache-control": `private, max-age=${POSTER_MAX_AGE_SECONDS}`,
      });
    },
  );
