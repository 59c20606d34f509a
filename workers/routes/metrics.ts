import { createRoute, z } from "@hono/zod-openapi";
import { AlertList, AlertNameSchema, AlertSilence, AlertTest } from "../contract/alerts.ts";
import { MetricsCharts, MetricsQuery } from "../contract/metrics.ts";
import { listAlerts, silenceAlert, testAlerts } from "../services/alerts.ts";
import { metricCharts } from "../services/metric-charts.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Operation"];

export const metrics = createRouter()
  .openapi(
    createRoute({
      operationId: "metrics.get",
      method: "get",
      path: "/v1/admin/metrics",
      tags,
      summary: "Get the metrics of the site",
      description:
        "The last three hours by minute, the last week by hour or the last year by day. Numbers arrive within two minutes.",
      request: { query: MetricsQuery },
      responses: { 200: json(MetricsCharts, "Every chart, with the same times") },
    }),
    async (c) => c.json(await metricCharts(c.env, c.req.valid("query").range, Date.now()), 200),
  )
  .openapi(
    createRoute({
      operationId: "alerts.list",
      method: "get",
      path: "/v1/admin/alerts",
      tags,
      summary: "List the alerts",
      responses: { 200: json(AlertList, "Every rule with its state, firing rules first") },
    }),
    async (c) => c.json(await listAlerts(c.env, Date.now()), 200),
  )
  .openapi(
    createRoute({
      operationId: "alerts.test",
      method: "post",
      path: "/v1/admin/alerts/test",
      tags,
      summary: "Send a test to every receiver of alerts",
      description: "Says which receivers of `ALERT_MAIL` and `ALERT_WEBHOOKS` took it.",
      responses: { 200: json(AlertTest, "The receivers; none if no receiver is set") },
    }),
    async (c) => c.json(await testAlerts(c.env), 200),
  )
  .openapi(
    createRoute({
      operationId: "alerts.silence",
      method: "put",
      path: "/v1/admin/alerts/{name}/silence",
      tags,
      summary: "Silence an alert for some time",
      description:
        "If the alert still fires when the silence is over, notifications are sent then.",
      request: { params: z.object({ name: AlertNameSchema }), body: body(AlertSilence) },
      responses: { 204: { description: "Silenced" } },
    }),
    async (c) => {
      const { minutes } = c.req.valid("json");
      await silenceAlert(c.env, c.req.valid("param").name, minutes, Date.now());
      return c.body(null, 204);
    },
  );
