import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import {
  FailedVideoPage,
  FailedVideoQuery,
  LiveWork,
  WorkTaskPage,
  WorkTaskQuery,
} from "../contract/work.ts";
import { relayOutbox } from "../services/outbox.ts";
import {
  listFailedVideos,
  listWorkTasks,
  liveWork,
  retryAnyVideo,
  stopWorkTask,
} from "../services/work.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Runners"];

export const work = createRouter()
  .openapi(
    createRoute({
      operationId: "work.get",
      method: "get",
      path: "/v1/admin/work",
      tags,
      summary: "Get the current work",
      description:
        "Queues, runners with their tasks, tasks by kind, and the errors of failed tasks.",
      responses: { 200: json(LiveWork, "The current work") },
    }),
    async (c) => c.json(await liveWork(c.env, Date.now()), 200),
  )
  .openapi(
    createRoute({
      operationId: "tasks.list",
      method: "get",
      path: "/v1/admin/tasks",
      tags,
      summary: "List tasks",
      description:
        "Running tasks, tasks that may start, tasks that wait for a retry, or permanently failed tasks of watchable videos.",
      request: { query: WorkTaskQuery },
      responses: { 200: json(WorkTaskPage, "Oldest first; failed tasks newest first") },
    }),
    async (c) => c.json(await listWorkTasks(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "tasks.stop",
      method: "post",
      path: "/v1/admin/tasks/{id}/stop",
      tags,
      summary: "Stop a task",
      description:
        "It is not retried automatically. A video that needs it fails with `stopped_by_operator`, and can be retried.",
      request: { params: z.object({ id: Id }) },
      responses: { 204: { description: "Stopped" } },
    }),
    async (c) => {
      await stopWorkTask(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "failed-videos.list",
      method: "get",
      path: "/v1/admin/failed-videos",
      tags,
      summary: "List the videos that could not be transcoded",
      request: { query: FailedVideoQuery },
      responses: { 200: json(FailedVideoPage, "The newest first") },
    }),
    async (c) => c.json(await listFailedVideos(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "failed-videos.retry",
      method: "post",
      path: "/v1/admin/failed-videos/{id}/retry",
      tags,
      summary: "Retry what has failed in a video",
      description:
        "As its creator can: a failed video starts over; a watchable one gets its missing parts.",
      request: { params: z.object({ id: Id }) },
      responses: { 204: { description: "On its way" } },
    }),
    async (c) => {
      await retryAnyVideo(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  );
