import { createRoute } from "@hono/zod-openapi";
import { SearchQuery, SearchResult } from "../contract/search.ts";
import { limitOf } from "../domain/maturity.ts";
import { count, observe } from "../count.ts";
import { searchVideos } from "../services/search/search.ts";
import { createRouter, json } from "./router.ts";

export const search = createRouter().openapi(
  createRoute({
    operationId: "search.query",
    method: "get",
    path: "/v1/search",
    tags: ["Search"],
    summary: "Search public videos; any text is a valid query",
    request: { query: SearchQuery },
    responses: { 200: json(SearchResult, "A page of results") },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const start = Date.now();
    const result = await searchVideos(c.env, query, limitOf(c.var.principal));
    observe("search.ms", {}, Date.now() - start);
    if (!query.cursor) count("searches", { outcome: result.items.length > 0 ? "found" : "empty" });
    return c.json(result, 200);
  },
);
