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
  description: "CSV with a header line",
  content: { "text/csv": { schema: z.string() } },
};
const DESCRIPTION =
  "A view is counted once per playback and once per hour and viewer; the creator's own views are not counted. Numbers arrive within two minutes; breakdowns are kept by day. Values with fewer than five views are not shown, and the others are rounded.";
const TABLE =
  "With `by=time` there is a row per minute or day, otherwise one per value; the row without a value has the views of all others.";

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
      summary: "Get the analytics of your videos",
      description: DESCRIPTION,
      request: { query: AnalyticsQuery },
      responses: { 200: json(Analytics, "The analytics of all your videos together") },
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
      summary: "Export the analytics of your videos as a table",
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
      summary: "Get the analytics of a video",
      description: DESCRIPTION,
      request: { params: ofVideo, query: AnalyticsQuery },
      responses: { 200: json(Analytics, "The analytics of the video, with its retention curve") },
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
      summary: "Export the analytics of a video as a table",
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
      summary: "Get the analytics of your videos in a playlist",
      description: `${DESCRIPTION} Views of a video count wherever it was watched.`,
      request: { params: ofPlaylist, query: AnalyticsQuery },
      responses: { 200: json(Analytics, "The analytics of your own videos in the playlist") },
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
      summary: "Export the analytics of your videos in a playlist as a table",
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
