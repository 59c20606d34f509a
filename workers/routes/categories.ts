import { createRoute, z } from "@hono/zod-openapi";
import { Category } from "../contract/videos.ts";
import { siteOffers } from "../services/site-settings.ts";
import { createRouter, json } from "./router.ts";

const CategoryList = z.object({ items: z.array(z.object({ slug: Category, name: z.string() })) });

export const categories = createRouter().openapi(
  createRoute({
    operationId: "categories.list",
    method: "get",
    path: "/v1/categories",
    summary: "List the categories",
    responses: { 200: json(CategoryList, "The categories that the site offers, in display order") },
  }),
  async (c) => {
    const { categories: items } = await siteOffers(c.env);
    return c.json({ items: items.map(({ slug, name }) => ({ slug, name })) }, 200, {
      "cache-control": "public, max-age=60",
    });
  },
);
