import { createRoute } from "@hono/zod-openapi";
import { SuggestQuery, Suggestions } from "../contract/search.ts";
import { suggest as suggestFor } from "../domain/search/suggest.ts";
import { createRouter, json } from "./router.ts";

export const suggest = createRouter().openapi(
  createRoute({
    operationId: "search.suggest",
    method: "get",
    path: "/v1/suggest",
    tags: ["Search"],
    summary: "Completions while typing",
    request: { query: SuggestQuery },
    responses: { 200: json(Suggestions, "Titles, people and categories, best first") },
  }),
  async (c) => {
    const { q, limit } = c.req.valid("query");
    return c.json(await suggestFor(c.env, q, limit), 200);
  },
);
