import { createRoute } from "@hono/zod-openapi";
import { Liveness, Readiness } from "../contract/health.ts";
import { isOperator } from "../domain/principal.ts";
import { readiness } from "../services/health.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Operation"];
const UNCACHED = { "cache-control": "no-store" };

export const health = createRouter()
  .openapi(
    createRoute({
      operationId: "health.live",
      method: "get",
      path: "/healthz",
      tags,
      summary: "Check that the Worker runs",
      responses: { 200: json(Liveness, "It does") },
    }),
    (c) => c.json({ status: "alive" as const }, 200, UNCACHED),
  )
  .openapi(
    createRoute({
      operationId: "health.ready",
      method: "get",
      path: "/readyz",
      tags,
      summary: "Check that the parts that the product depends on answer",
      description:
        "The status is 503 if watching or uploading is impossible. With a token of an operator or admin that has the scope `admin`, the response has the state of each part. The response may be cached for five seconds.",
      responses: {
        200: json(Readiness, "`ready` or `degraded`"),
        503: json(Readiness, "`unavailable`"),
      },
    }),
    async (c) => {
      const { parts, ...summary } = await readiness(c.env);
      const body = isOperator(c.var.principal) ? { ...summary, parts } : summary;
      return c.json(body, summary.status === "unavailable" ? 503 : 200, UNCACHED);
    },
  );
