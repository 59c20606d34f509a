import { createRoute } from "@hono/zod-openapi";
import {
  AuditExportQuery,
  AuditPage,
  AuditQuery,
  AuditVerification,
  AuditVerifyQuery,
} from "../contract/audit.ts";
import { exportAudit, searchAudit, verifyAudit } from "../services/audit.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Audit log"];

export const audit = createRouter()
  .openapi(
    createRoute({
      operationId: "audit.list",
      method: "get",
      path: "/v1/admin/audit",
      tags,
      summary: "Search the audit log",
      description:
        "Actions by the people who run the site, and changes to how accounts can be accessed: who, what, before, after, from where.",
      request: { query: AuditQuery },
      responses: { 200: json(AuditPage, "The newest first") },
    }),
    async (c) => c.json(await searchAudit(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "audit.export",
      method: "get",
      path: "/v1/admin/audit/export",
      tags,
      summary: "Export the audit log",
      description:
        "As CSV or as lines of JSON, newest first, at most 20,000 rows. For older ones, send the number of the last row as `before`.",
      request: { query: AuditExportQuery },
      responses: { 200: { description: "The rows, as a file" } },
    }),
    async (c) => {
      const query = c.req.valid("query");
      const type = query.format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
      return c.body(await exportAudit(c.env, query), 200, {
        "content-type": type,
        "content-disposition": `attachment; filename="audit.${query.format}"`,
        "cache-control": "no-store",
      });
    },
  )
  .openapi(
    createRoute({
      operationId: "audit.verify",
      method: "get",
      path: "/v1/admin/audit/verify",
      tags,
      summary: "Verify that the audit log has not been changed",
      description:
        "Verifies the hashes of 10,000 rows, from the oldest or from the one after `after`. Keep the newest hash elsewhere: with it you can detect later if the whole log was rewritten.",
      request: { query: AuditVerifyQuery },
      responses: { 200: json(AuditVerification, "The first row that was changed") },
    }),
    async (c) => c.json(await verifyAudit(c.env, c.req.valid("query").after), 200),
  );
