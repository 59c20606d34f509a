import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import {
  RunnerId,
  RunnerList,
  RunnerTokenCreate,
  RunnerTokenCreated,
  RunnerTokenList,
} from "../contract/runners.ts";
import {
  allRunners,
  allRunnerTokens,
  endQuarantine,
  issueRunnerToken,
  revokeRunnerToken,
} from "../services/runners.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Runners"];

export const runners = createRouter()
  .openapi(
    createRoute({
      operationId: "runners.list",
      method: "get",
      path: "/v1/admin/runners",
      tags,
      summary: "List the runners of the site",
      description:
        "Containers, local processes and remote runners that have asked for work, including runners in quarantine, on which three tasks in a row failed.",
      responses: { 200: json(RunnerList, "The runners, last seen first") },
    }),
    async (c) => c.json(await allRunners(c.env), 200),
  )
  .openapi(
    createRoute({
      operationId: "runners.lift-quarantine",
      method: "delete",
      path: "/v1/admin/runners/{id}/quarantine",
      tags,
      summary: "End the quarantine of a runner",
      description: "A quarantine ends automatically; this ends it now, for example after a repair.",
      request: { params: z.object({ id: RunnerId }) },
      responses: { 204: { description: "The runner may have tasks again" } },
    }),
    async (c) => {
      await endQuarantine(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "runner-tokens.list",
      method: "get",
      path: "/v1/admin/runner-tokens",
      tags,
      summary: "List the tokens of remote runners",
      responses: {
        200: json(RunnerTokenList, "The tokens, newest first, each with the runner that uses it"),
      },
    }),
    async (c) => c.json({ items: await allRunnerTokens(c.env) }, 200),
  )
  .openapi(
    createRoute({
      operationId: "runner-tokens.create",
      method: "post",
      path: "/v1/admin/runner-tokens",
      tags,
      summary: "Create a token for a remote runner",
      description: "A token is for one machine and gives access to the runner API only.",
      request: { body: body(RunnerTokenCreate) },
      responses: {
        201: json(RunnerTokenCreated, "The token. Its secret is shown only once"),
      },
    }),
    async (c) =>
      c.json(await issueRunnerToken(c.env, c.var.principal, c.req.valid("json").name), 201, {
        "cache-control": "no-store",
      }),
  )
  .openapi(
    createRoute({
      operationId: "runner-tokens.revoke",
      method: "delete",
      path: "/v1/admin/runner-tokens/{id}",
      tags,
      summary: "Revoke the token of a remote runner",
      request: { params: z.object({ id: Id }) },
      responses: {
        204: { description: "Revoked. Its tasks go to other runners within a minute" },
      },
    }),
    async (c) => {
      await revokeRunnerToken(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  );
