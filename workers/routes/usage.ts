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
      summary: "Get what this month has used and costs",
      description:
        "By the UTC month: counted operations at Cloudflare's list prices beyond what the paid plan includes, projected to the end of the month, beside what Cloudflare Stream would charge for the same minutes.",
      responses: { 200: json(UsageReport, "Use and cost of this month") },
    }),
    async (c) => c.json(await usageReport(c.env, Date.now()), 200),
  )
  .openapi(
    createRoute({
      operationId: "usage.creators",
      method: "get",
      path: "/v1/admin/usage/creators",
      tags,
      summary: "List what creators use",
      description:
        "By the bytes of their sources, by their videos, or by the minutes that runners have worked for them today.",
      request: { query: CreatorUsageQuery },
      responses: { 200: json(CreatorUsagePage, "Those who use most first") },
    }),
    async (c) => c.json(await creatorUsage(c.env, c.req.valid("query"), Date.now()), 200),
  );
