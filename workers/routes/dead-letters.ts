import { createRoute, z } from "@hono/zod-openapi";
import { PageQuery } from "../contract/common.ts";
import { DeadLetter, DeadLetterId, DeadLetterPage } from "../contract/dead-letters.ts";
import {
  allDeadLetters,
  dismissDeadLetter,
  oneDeadLetter,
  resendDeadLetter,
} from "../services/dead-letters.ts";
import { relayOutbox } from "../services/outbox.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Messages"];
const params = z.object({ id: DeadLetterId });

export const deadLetters = createRouter()
  .openapi(
    createRoute({
      operationId: "dead-letters.list",
      method: "get",
      path: "/v1/admin/dead-letters",
      tags,
      summary: "List the messages that were given up",
      description:
        "Messages that failed too often, of which the newest thousand are kept. The log event `event.failed` has the causes.",
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
      summary: "Get a message that was given up",
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
      summary: "Send a message again",
      description:
        "For after the cause was repaired. The message leaves the list, and comes back to it if it fails again.",
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
      summary: "Dismiss a message that was given up",
      description:
        "It leaves the list. If `isRetried`, the outbox still has it, and it is sent again by itself.",
      request: { params },
      responses: { 204: { description: "Dismissed" } },
    }),
    async (c) => {
      await dismissDeadLetter(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  );
