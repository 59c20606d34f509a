import { createRoute, z } from "@hono/zod-openapi";
import { Id, PageQuery } from "../contract/common.ts";
import { History, WatchProgress, WatchProgressUpdate } from "../contract/history.ts";
import {
  clearHistory,
  readHistory,
  readProgress,
  recordProgress,
  removeFromHistory,
} from "../services/history.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["History"];
const params = z.object({ id: Id });

export const history = createRouter()
  .openapi(
    createRoute({
      operationId: "progress.get",
      method: "get",
      path: "/v1/videos/{id}/progress",
      tags,
      summary: "Get your position in a video",
      request: { params },
      responses: { 200: json(WatchProgress, "Your last position") },
    }),
    async (c) => c.json(await readProgress(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "progress.put",
      method: "put",
      path: "/v1/videos/{id}/progress",
      tags,
      summary: "Save your position in a video",
      request: { params, body: body(WatchProgressUpdate) },
      responses: { 204: { description: "Saved" } },
    }),
    async (c) => {
      const { position } = c.req.valid("json");
      await recordProgress(c.env, c.var.principal, c.req.valid("param").id, position);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "history.list",
      method: "get",
      path: "/v1/history",
      tags,
      summary: "List the videos you watched, latest first",
      request: { query: PageQuery },
      responses: { 200: json(History, "A page of videos with your position in each") },
    }),
    async (c) => c.json(await readHistory(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "history.remove",
      method: "delete",
      path: "/v1/videos/{id}/progress",
      tags,
      summary: "Remove a video from your history",
      description: "The video starts at its beginning again.",
      request: { params },
      responses: { 204: { description: "Not in the history" } },
    }),
    async (c) => {
      await removeFromHistory(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "history.clear",
      method: "delete",
      path: "/v1/history",
      tags,
      summary: "Clear your history",
      responses: { 204: { description: "Cleared" } },
    }),
    async (c) => {
      await clearHistory(c.env, c.var.principal);
      return c.body(null, 204);
    },
  );
