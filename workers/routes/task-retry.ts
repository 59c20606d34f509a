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
    summary: "Try everything again that died of one error",
    description:
      "For after an outage or a repair: what watchable videos lack because of this error is made after all, fifty videos per request, and ten videos that failed with it are transcoded anew.",
    request: { body: body(TaskRetry) },
    responses: { 200: json(TaskRetryResult, "How many videos are worked on again") },
  }),
  async (c) => {
    const result = await retryByCode(c.env, c.var.principal, c.req.valid("json").code);
    c.executionCtx.waitUntil(relayOutbox(c.env));
    return c.json(result, 200);
  },
);
