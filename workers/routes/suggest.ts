import { createRoute } from "@hono/zod-openapi";
import { SearchPick, SuggestQuery, Suggestions } from "../contract/search.ts";
import { limitOf } from "../domain/maturity.ts";
import { recordPick } from "../services/search/popular.ts";
import { suggest as suggestFor } from "../services/search/suggest.ts";
import { body, createRouter, json } from "./router.ts";

export const suggest = createRouter()
  .openapi(
    createRoute({
      operationId: "search.suggest",
      method: "get",
      path: "/v1/suggest",
      tags: ["Search"],
      summary: "Suggest searches while typing",
      request: { query: SuggestQuery },
      responses: {
        200: json(Suggestions, "Titles, people, categories and popular searches, best first"),
      },
    }),
    async (c) => {
      const { q, limit } = c.req.valid("query");
      return c.json(await suggestFor(c.env, q, limit, limitOf(c.var.principal)), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "search.pick",
      method: "post",
      path: "/v1/searches",
      tags: ["Search"],
      summary: "Report that a search led to a video; queries of several viewers become suggestions",
      request: { body: body(SearchPick) },
      responses: { 202: { description: "Accepted" } },
    }),
    async (c) => {
      await recordPick(
        c.env,
        c.var.principal,
        c.req.header("cf-connecting-ip") ?? "",
        c.req.valid("json"),
      );
      return c.body(null, 202);
    },
  );
