import { createRoute } from "@hono/zod-openapi";
import { CreatorUsagePage, CreatorUsageQuery, UsageReport } from "../contract/usage.ts";
import { creatorUsage, usageReport } from "../services/usage.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Operation"];

export const usage = createRouter()
  .openapi(
    createRoute({
      operationId: "usage.get",
      method: "get",
      path: "/v1/admin/usage",
      tags,
      summary: "Get this month's usage and cost",
      description:
        "For the UTC month: counted operations at Cloudflare's list prices beyond what the paid plan includes, projected to the end of the month, compared with what Cloudflare Stream would charge for the same minutes.",
      responses: { 200: json(UsageReport, "Usage and cost of this month") },
    }),
    async (c) => c.json(await usageReport(c.env, Date.now()), 200),
  )
  .openapi(
    createRoute({
      operationId: "usage.creators",
      method: "get",
      path: "/v1/admin/usage/creators",
      tags,
      summary: "List the usage of creators",
      description:
        "Sorted by the bytes of their sources, by their videos, or by the minutes that runners have worked for them today.",
      request: { query: CreatorUsageQuery },
      responses: { 200: json(CreatorUsagePage, "Largest users first") },
    }),
    async (c) => c.json(await creatorUsage(c.env, c.req.valid("query"), Date.now()), 200),
  );
