import { Hono } from "hono";
import type { AppEnv } from "../context.ts";
import { catalogReplica } from "../db/client.ts";
import { ANONYMOUS } from "../domain/principal.ts";
import { authorizedVideo } from "../services/authorized-video.ts";

/**
 * Tells the site's embed page which sites may frame it, through the service binding: the site does not forward this path,
 * and the page's policy says nothing else to a visitor.
 */
export const embedOrigins = new Hono<AppEnv>().get("/internal/embed-origins/:id", async (c) => {
  const db = catalogReplica(c.env);
  const video = await authorizedVideo(db, ANONYMOUS, "videos.get", c.req.param("id"));
  return c.json({ origins: video.playbackRules.origins ?? null });
});
