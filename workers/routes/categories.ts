import { createRoute, z } from "@hono/zod-openapi";
import { CATEGORIES } from "../contract/categories.ts";
import { Category } from "../contract/videos.ts";
import { createRouter, json } from "./router.ts";

const CategoryList = z.object({ items: z.array(z.object({ slug: Category, name: z.string() })) });

export const categories = createRouter().openapi(
  createRoute({
    operationId: "categories.list",
    method: "get",
    path: "/v1/categories",
    summary: "List the categories",
    responses: { 200: json(CategoryList, "All categories, in display order") },
  }),
  (c) => c.json({ items: [...CATEGORIES] }, 200, { "cache-control": "public, max-age=3600" }),
);
