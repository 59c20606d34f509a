import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { DuplicateQuery, Duplicates } from "../contract/video-list.ts";
import { duplicatesOfFile, duplicatesOfVideo } from "../services/duplicates.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Videos"];

export const duplicates = createRouter()
  .openapi(
    createRoute({
      operationId: "duplicates.find",
      method: "get",
      path: "/v1/duplicates",
      tags,
      summary: "Find your videos of a file before you upload it",
      description:
        "By the fingerprint sent with their uploads. The same file can be uploaded again anyway.",
      request: { query: DuplicateQuery },
      responses: { 200: json(Duplicates, "Your videos of this file") },
    }),
    async (c) => c.json(await duplicatesOfFile(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "videos.duplicates",
      method: "get",
      path: "/v1/videos/{id}/duplicates",
      tags,
      summary: "List your other videos with the same uploaded file",
      description:
        "By the SHA-256 of the whole file, under any name. Empty until the file has been read, soon after its upload.",
      request: { params: z.object({ id: Id }) },
      responses: { 200: json(Duplicates, "Your other videos with the same content") },
    }),
    async (c) =>
      c.json(await duplicatesOfVideo(c.env, c.var.principal, c.req.valid("param").id), 200),
  );
