import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  Analytics,
  type AnalyticsTable,
  AnalyticsQuery,
  AnalyticsTableQuery,
} from "../contract/analytics.ts";
import { Id } from "../contract/common.ts";
import { PlaylistId } from "../contract/playlists.ts";
import {
  accountAnalytics,
  analyticsCsv,
  playlistAnalytics,
  videoAnalytics,
} from "../services/analytics.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Analytics"];
const ofVideo = z.object({ id: Id });
const ofPlaylist = z.object({ id: PlaylistId });
const csv = {
  description: "A table with a line of names",
  content: { "text/csv": { schema: z.string() } },
};
const DESCRIPTION =
  "Views count once per playback and once per hour and viewer, and never the creator's own. Numbers arrive within two minutes; what viewers were like is kept by day. Values that fewer than five views have are not shown, and the others are rounded.";
const TABLE =
  "By `time` there is a row per minute or day, else one per value; the row without a value has the views of all others.";

/** A CSV file as the response. */
function table(c: Context, analytics: Analytics, by: AnalyticsTable) {
  const name = `analytics-${analytics.period}-${by}.csv`;
  return c.body(analyticsCsv(analytics, by), 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${name}"`,
  });
}

export const analytics = createRouter()
  .openapi(
    createRoute({
      operationId: "analytics.account",
      method: "get",
      path: "/v1/analytics",
      tags,
      summary: "Get what viewers do with your videos",
      description: DESCRIPTION,
      request: { query: AnalyticsQuery },
      responses: { 200: json(Analytics, "Of all your videos together") },
    }),
    async (c) => {
      const { period } = c.req.valid("query");
      return c.json(await accountAnalytics(c.env, c.var.principal, period, Date.now()), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "analytics.account-table",
      method: "get",
      path: "/v1/analytics.csv",
      tags,
      summary: "Get a table of what viewers do with your videos",
      description: TABLE,
      request: { query: AnalyticsTableQuery },
      responses: { 200: csv },
    }),
    async (c) => {
      const { period, by } = c.req.valid("query");
      return table(c, await accountAnalytics(c.env, c.var.principal, period, Date.now()), by);
    },
  )
  .openapi(
    createRoute({
      operationId: "videos.analytics",
      method: "get",
      path: "/v1/videos/{id}/analytics",
      tags,
      summary: "Get what viewers do with a video",
      description: DESCRIPTION,
      request: { params: ofVideo, query: AnalyticsQuery },
      responses: { 200: json(Analytics, "Of the video, with how far viewers watch it") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { period } = c.req.valid("query");
      return c.json(await videoAnalytics(c.env, c.var.principal, id, period, Date.now()), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "videos.analytics-table",
      method: "get",
      path: "/v1/videos/{id}/analytics.csv",
      tags,
      summary: "Get a table of what viewers do with a video",
      description: TABLE,
      request: { params: ofVideo, query: AnalyticsTableQuery },
      responses: { 200: csv },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { period, by } = c.req.valid("query");
      return table(c, await videoAnalytics(c.env, c.var.principal, id, period, Date.now()), by);
    },
  )
  .openapi(
    createRoute({
      operationId: "playlists.analytics",
      method: "get",
      path: "/v1/playlists/{id}/analytics",
      tags,
      summary: "Get what viewers do with your videos in a playlist",
      description: `${DESCRIPTION} Views of a video count wherever it was watched.`,
      request: { params: ofPlaylist, query: AnalyticsQuery },
      responses: { 200: json(Analytics, "Of your own videos in your playlist") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { period } = c.req.valid("query");
      return c.json(await playlistAnalytics(c.env, c.var.principal, id, period, Date.now()), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "playlists.analytics-table",
      method: "get",
      path: "/v1/playlists/{id}/analytics.csv",
      tags,
      summary: "Get a table of what viewers do with your videos in a playlist",
      description: TABLE,
      request: { params: ofPlaylist, query: AnalyticsTableQuery },
      responses: { 200: csv },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { period, by } = c.req.valid("query");
      return table(c, await playlistAnalytics(c.env, c.var.principal, id, period, Date.now()), by);
    },
  );
