import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { Feed } from "../contract/search.ts";
import { Video } from "../contract/videos.ts";
import { homeFeed } from "../services/search/feed.ts";
import { relatedVideos } from "../services/search/related.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Search"];
const RelatedQuery = z.object({ limit: z.coerce.number().int().min(1).max(50).default(12) });

export const feed = createRouter()
  .openapi(
    createRoute({
      operationId: "search.feed",
      method: "get",
      path: "/v1/feed",
      tags,
      summary: "List the rows of the home page",
      responses: { 200: json(Feed, "Rows in display order, none of them empty") },
    }),
    async (c) => c.json(await homeFeed(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "search.related",
      method: "get",
      path: "/v1/videos/{id}/related",
      tags,
      summary: "List related videos",
      request: { params: z.object({ id: Id }), query: RelatedQuery },
      responses: { 200: json(z.object({ items: z.array(Video) }), "Best first") },
    }),
    async (c) => {
      const { limit } = c.req.valid("query");
      const { id } = c.req.valid("param");
      return c.json({ items: await relatedVideos(c.env, c.var.principal, id, limit) }, 200);
    },
  );
