import { Hono } from "hono";
import type { AppEnv } from "../context.ts";
import { embeddingOrigins } from "../services/sharing.ts";

/**
 * Tells the site's embed page which sites may frame it, through the service binding: the site does not forward this path,
 * and the page's policy says nothing else to a visitor.
 */
export const embedOrigins = new Hono<AppEnv>().get("/internal/embed-origins/:id", async (c) => {
  return c.json({ origins: await embeddingOrigins(c.env, c.req.param("id")) });
});
