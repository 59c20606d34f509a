import { createRoute } from "@hono/zod-openapi";
import { BulkEdit, BulkEditResult } from "../contract/bulk-edit.ts";
import { editVideos } from "../services/bulk-edit.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

export const bulkEdit = createRouter().openapi(
  createRoute({
    operationId: "videos.bulk",
    method: "post",
    path: "/v1/videos/bulk",
    tags: ["Videos"],
    summary: "Edit, delete or restore many videos",
    description:
      "Each video is handled separately: `error` says why a video was not edited, and the others are edited anyway. Repeating the request is harmless.",
    request: { body: body(BulkEdit) },
    responses: { 200: json(BulkEditResult, "The result for each video") },
  }),
  async (c) => {
    const result = await editVideos(c.env, c.var.principal, c.req.valid("json"));
    c.executionCtx.waitUntil(relayOutbox(c.env));
    return c.json(result, 200);
  },
);
