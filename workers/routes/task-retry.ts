import { createRoute } from "@hono/zod-openapi";
import { TaskRetry, TaskRetryResult } from "../contract/task-retry.ts";
import { relayOutbox } from "../services/outbox.ts";
import { retryByCode } from "../services/task-retry.ts";
import { body, createRouter, json } from "./router.ts";

export const taskRetry = createRouter().openapi(
  createRoute({
    operationId: "tasks.retry",
    method: "post",
    path: "/v1/admin/tasks/retry",
    tags: ["Runners"],
    summary: "Retry everything that failed with one error",
    description:
      "Use it after an outage or a repair: it retries the failed tasks of up to fifty watchable videos per request, and transcodes up to ten failed videos again.",
    request: { body: body(TaskRetry) },
    responses: { 200: json(TaskRetryResult, "How many videos are processed again") },
  }),
  async (c) => {
    const result = await retryByCode(c.env, c.var.principal, c.req.valid("json").code);
    c.executionCtx.waitUntil(relayOutbox(c.env));
    return c.json(result, 200);
  },
);
