import { createRoute } from "@hono/zod-openapi";
import { SearchQuery, SearchResult } from "../contract/search.ts";
import { limitOf } from "../domain/maturity.ts";
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
  async (c) =>
    c.json(await searchVideos(c.env, c.req.valid("query"), limitOf(c.var.principal)), 200),
);
