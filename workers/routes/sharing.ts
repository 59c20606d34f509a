import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { SitemapQuery, VideoSharing } from "../contract/sharing.ts";
import {
  categoriesOfSitemap,
  listSitemaps,
  robotsText,
  sharedVideo,
  videosOfSitemap,
} from "../services/sharing.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Sharing"];
/** Maximum age of shared metadata in seconds, during which a link may show an outdated title. */
const SHARING_MAX_AGE_SECONDS = 60;
const SITEMAP_MAX_AGE_SECONDS = 3600;

const xml = (description: string) => ({
  description,
  content: { "application/xml": { schema: z.string() } },
});
const SITEMAP_HEADERS = {
  "content-type": "application/xml; charset=utf-8",
  "cache-control": `public, max-age=${SITEMAP_MAX_AGE_SECONDS}`,
};

export const sharing = createRouter()
  .openapi(
    createRoute({
      operationId: "videos.share",
      method: "get",
      path: "/v1/videos/{id}/sharing",
      tags,
      summary: "What links to a video show elsewhere",
      request: { params: z.object({ id: Id }) },
      responses: { 200: json(VideoSharing, "The metadata of a public video") },
    }),
    async (c) =>
      c.json(await sharedVideo(c.env, c.var.principal, c.req.valid("param").id), 200, {
        "cache-control": `public, max-age=${SHARING_MAX_AGE_SECONDS}`,
      }),
  )
  .openapi(
    createRoute({
      operationId: "robots.get",
      method: "get",
      path: "/robots.txt",
      tags,
      summary: "The rules for crawlers",
      responses: {
        200: { description: "RFC 9309", content: { "text/plain": { schema: z.string() } } },
      },
    }),
    (c) =>
      c.text(robotsText(c.env), 200, {
        "cache-control": `public, max-age=${SITEMAP_MAX_AGE_SECONDS}`,
      }),
  )
  .openapi(
    createRoute({
      operationId: "sitemap.index",
      method: "get",
      path: "/sitemap.xml",
      tags,
      summary: "The list of video sitemaps",
      responses: { 200: xml("A sitemap index") },
    }),
    async (c) => c.body(await listSitemaps(c.env), 200, SITEMAP_HEADERS),
  )
  .openapi(
    createRoute({
      operationId: "sitemap.videos",
      method: "get",
      path: "/sitemaps/videos.xml",
      tags,
      summary: "A page of public videos for search engines",
      request: { query: SitemapQuery },
      responses: { 200: xml("A video sitemap") },
    }),
    async (c) =>
      c.body(
        await videosOfSitemap(c.env, c.var.principal, c.req.valid("query").page),
        200,
        SITEMAP_HEADERS,
      ),
  )
  .openapi(
    createRoute({
      operationId: "sitemap.categories",
      method: "get",
      path: "/sitemaps/categories.xml",
      tags,
      summary: "The pages of categories for search engines",
      responses: { 200: xml("A sitemap") },
    }),
    async (c) => c.body(await categoriesOfSitemap(c.env), 200, SITEMAP_HEADERS),
  );
