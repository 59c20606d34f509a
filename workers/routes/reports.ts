import { createRoute, z } from "@hono/zod-openapi";
import { Id, PageQuery } from "../contract/common.ts";
import { ReportCreate, ReportPage } from "../contract/reports.ts";
import { mailModerationNews } from "../services/moderation-mails.ts";
import { relayOutbox } from "../services/outbox.ts";
import { allReports, dismissReport, hideReported, reportVideo } from "../services/reports.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Moderation"];
const params = z.object({ id: Id });

export const reports = createRouter()
  .openapi(
    createRoute({
      operationId: "videos.report",
      method: "post",
      path: "/v1/videos/{id}/reports",
      tags,
      summary: "Report a video to the moderators",
      description: "With or without an account. A second report of the same video replaces yours.",
      request: { params, body: body(ReportCreate) },
      responses: { 204: { description: "Reported" } },
    }),
    async (c) => {
      const caller = {
        principal: c.var.principal,
        address: c.req.header("cf-connecting-ip") ?? "",
      };
      await reportVideo(c.env, caller, c.req.valid("param").id, c.req.valid("json"));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "reports.list",
      method: "get",
      path: "/v1/admin/reports",
      tags,
      summary: "List the open reports",
      request: { query: PageQuery },
      responses: { 200: json(ReportPage, "The newest first") },
    }),
    async (c) => c.json(await allReports(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "reports.dismiss",
      method: "delete",
      path: "/v1/admin/reports/{id}",
      tags,
      summary: "Close a report without consequences",
      request: { params },
      responses: { 204: { description: "Closed" } },
    }),
    async (c) => {
      await dismissReport(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "reports.hide-video",
      method: "post",
      path: "/v1/admin/reports/{id}/hide",
      tags,
      summary: "Hide the video of a report",
      description:
        "It becomes private at once, and only an admin can make it public or unlisted again. All its reports are closed.",
      request: { params },
      responses: { 204: { description: "Hidden" } },
    }),
    async (c) => {
      const news = await hideReported(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      if (news) c.executionCtx.waitUntil(mailModerationNews(c.env, news));
      return c.body(null, 204);
    },
  );
