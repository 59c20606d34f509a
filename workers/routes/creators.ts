import { createRoute, z } from "@hono/zod-openapi";
import { Creator, CreatorImageKind, CreatorProfileUpdate } from "../contract/creators.ts";
import {
  creatorRss,
  getCreator,
  ownProfile,
  removeImage,
  replaceImage,
  updateProfile,
} from "../services/creators.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Creators"];
const params = z.object({ id: z.string().min(1).max(64) });
const imageParams = z.object({ kind: CreatorImageKind });
const IMAGE_PATH = "/v1/me/profile/images/{kind}";
/** Many feed readers request the same feed. */
const RSS_MAX_AGE_SECONDS = 300;

export const creators = createRouter()
  .openapi(
    createRoute({
      operationId: "creators.get",
      method: "get",
      path: "/v1/creators/{id}",
      tags,
      summary: "Get a creator",
      description: "Their videos are `GET /v1/videos?creator={id}`.",
      request: { params },
      responses: { 200: json(Creator, "The creator") },
    }),
    async (c) => c.json(await getCreator(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "creators.rss",
      method: "get",
      path: "/v1/creators/{id}/feed.xml",
      tags,
      summary: "A creator's newest videos as RSS",
      request: { params },
      responses: {
        200: {
          description: "RSS 2.0",
          content: { "application/rss+xml": { schema: z.string() } },
        },
      },
    }),
    async (c) =>
      c.body(await creatorRss(c.env, c.var.principal, c.req.valid("param").id), 200, {
        "content-type": "application/rss+xml; charset=utf-8",
        "cache-control": `public, max-age=${RSS_MAX_AGE_SECONDS}`,
      }),
  )
  .openapi(
    createRoute({
      operationId: "profile.get",
      method: "get",
      path: "/v1/me/profile",
      tags,
      summary: "Get your profile as a creator",
      responses: { 200: json(Creator, "As others see it") },
    }),
    async (c) => c.json(await ownProfile(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "profile.put",
      method: "put",
      path: "/v1/me/profile",
      tags,
      summary: "Change your profile as a creator",
      request: { body: body(CreatorProfileUpdate) },
      responses: { 200: json(Creator, "As others see it") },
    }),
    async (c) => c.json(await updateProfile(c.env, c.var.principal, c.req.valid("json")), 200),
  )
  .openapi(
    createRoute({
      operationId: "profile.put-image",
      method: "put",
      path: IMAGE_PATH,
      tags,
      summary: "Replace your avatar or banner",
      description:
        "JPEG: an avatar of at most 512 × 512 pixels and 256 KB, a banner of at most 2048 × 512 pixels and 1 MB. Metadata is removed.",
      request: {
        params: imageParams,
        body: {
          required: true,
          content: { "image/jpeg": { schema: z.string().openapi({ format: "binary" }) } },
        },
      },
      responses: { 200: json(Creator, "Your profile with the image") },
    }),
    async (c) => {
      const { kind } = c.req.valid("param");
      const file = await c.req.arrayBuffer();
      return c.json(await replaceImage(c.env, c.var.principal, kind, file), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "profile.delete-image",
      method: "delete",
      path: IMAGE_PATH,
      tags,
      summary: "Remove your avatar or banner",
      request: { params: imageParams },
      responses: { 204: { description: "Removed" } },
    }),
    async (c) => {
      await removeImage(c.env, c.var.principal, c.req.valid("param").kind);
      return c.body(null, 204);
    },
  );
