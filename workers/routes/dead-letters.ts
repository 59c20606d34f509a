import { createRoute, z } from "@hono/zod-openapi";
import { PageQuery } from "../contract/common.ts";
import {
  DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  DeadLettersDismissed,
  DeadLettersResent,
  DeadLettersUntil,
} from "../contract/dead-letters.ts";
import {
  allDeadLetters,
  dismissDeadLetter,
  dismissDeadLetters,
  oneDeadLetter,
  resendDeadLetter,
  resendDeadLetters,
} from "../services/dead-letters.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Messages"];
const params = z.object({ id: DeadLetterId });

export const deadLetters = createRouter()
  .openapi(
    createRoute({
      operationId: "dead-letters.list",
      method: "get",
      path: "/v1/admin/dead-letters",
      tags,
      summary: "List the dead letters",
      description:
        "Messages that failed too often; the newest thousand are kept. The log event `event.failed` has the causes.",
      request: { query: PageQuery },
      responses: { 200: json(DeadLetterPage, "The newest first") },
    }),
    async (c) => c.json(await allDeadLetters(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "dead-letters.get",
      method: "get",
      path: "/v1/admin/dead-letters/{id}",
      tags,
      summary: "Get a dead letter",
      request: { params },
      responses: { 200: json(DeadLetter, "The message") },
    }),
    async (c) => c.json(await oneDeadLetter(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "dead-letters.resend",
      method: "post",
      path: "/v1/admin/dead-letters/{id}/resend",
      tags,
      summary: "Resend a dead letter",
      description:
        "Use it after you have fixed the cause. The message leaves the list, and returns if it fails again.",
      request: { params },
      responses: { 204: { description: "On its way" } },
    }),
    async (c) => {
      await resendDeadLetter(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "dead-letters.dismiss",
      method: "delete",
      path: "/v1/admin/dead-letters/{id}",
      tags,
      summary: "Dismiss a dead letter",
      description:
        "It leaves the list. If `isRetried` is true, it is still in the outbox and is resent automatically.",
      request: { params },
      responses: { 204: { description: "Dismissed" } },
    }),
    async (c) => {
      await dismissDeadLetter(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "dead-letters.resend-all",
      method: "post",
      path: "/v1/admin/dead-letters/resend",
      tags,
      summary: "Resend all dead letters",
      description:
        "From `until` towards the oldest, fifty per request. Messages that this version does not know stay in the list.",
      request: { body: body(DeadLettersUntil) },
      responses: { 200: json(DeadLettersResent, "How many were resent") },
    }),
    async (c) => {
      const { until } = c.req.valid("json");
      const result = await resendDeadLetters(c.env, c.var.principal, until);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(result, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "dead-letters.dismiss-all",
      method: "delete",
      path: "/v1/admin/dead-letters",
      tags,
      summary: "Dismiss all dead letters",
      description:
        "Dismisses the messages up to `until`, which the operator has seen. Messages that are still in the outbox are resent automatically.",
      request: { query: DeadLettersUntil },
      responses: { 200: json(DeadLettersDismissed, "How many were dismissed") },
    }),
    async (c) => {
      const { until } = c.req.valid("query");
      const dismissed = await dismissDeadLetters(c.env, c.var.principal, until);
      return c.json({ dismissed }, 200);
    },
  );
