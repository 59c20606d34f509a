import { createRoute, z } from "@hono/zod-openapi";
import { Id, PageQuery } from "../contract/common.ts";
import {
  LibraryImport,
  SavedVideos,
  WatchSettings,
  WatchSettingsPatch,
} from "../contract/library.ts";
import {
  addToWatchlist,
  changeSettings,
  likeVideo,
  readSaved,
  readSettings,
  removeFromWatchlist,
  unlikeVideo,
} from "../services/library.ts";
import { importLibrary } from "../services/library-import.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Library"];
const params = z.object({ id: Id });

export const library = createRouter()
  .openapi(
    createRoute({
      operationId: "watchlist.list",
      method: "get",
      path: "/v1/watchlist",
      tags,
      summary: "List the videos in your watchlist, latest first",
      request: { query: PageQuery },
      responses: { 200: json(SavedVideos, "A page of videos") },
    }),
    async (c) =>
      c.json(await readSaved(c.env, c.var.principal, "watchlist", c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "watchlist.add",
      method: "put",
      path: "/v1/videos/{id}/watchlist",
      tags,
      summary: "Add a video to your watchlist",
      request: { params },
      responses: { 204: { description: "In the list" } },
    }),
    async (c) => {
      await addToWatchlist(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "watchlist.remove",
      method: "delete",
      path: "/v1/videos/{id}/watchlist",
      tags,
      summary: "Remove a video from your watchlist",
      request: { params },
      responses: { 204: { description: "Not in the list" } },
    }),
    async (c) => {
      await removeFromWatchlist(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "likes.list",
      method: "get",
      path: "/v1/likes",
      tags,
      summary: "List the videos that you like, latest first",
      request: { query: PageQuery },
      responses: { 200: json(SavedVideos, "A page of videos") },
    }),
    async (c) =>
      c.json(await readSaved(c.env, c.var.principal, "likes", c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "likes.add",
      method: "put",
      path: "/v1/videos/{id}/like",
      tags,
      summary: "Like a video",
      description: "The number of likes of the video is updated within a minute.",
      request: { params },
      responses: { 204: { description: "Liked" } },
    }),
    async (c) => {
      await likeVideo(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "likes.remove",
      method: "delete",
      path: "/v1/videos/{id}/like",
      tags,
      summary: "Remove your like of a video",
      request: { params },
      responses: { 204: { description: "Not liked" } },
    }),
    async (c) => {
      await unlikeVideo(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "library.import",
      method: "post",
      path: "/v1/me/library",
      tags,
      summary: "Add the data that a browser stored before you signed in",
      description:
        "Videos that you may not see are left out, and newer positions of yours are kept.",
      request: { body: body(LibraryImport) },
      responses: { 204: { description: "Added" } },
    }),
    async (c) => {
      await importLibrary(c.env, c.var.principal, c.req.valid("json"));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "watch-settings.get",
      method: "get",
      path: "/v1/me/watch-settings",
      tags,
      summary: "Get how you watch",
      responses: { 200: json(WatchSettings, "The settings of the player and of the history") },
    }),
    async (c) => c.json(await readSettings(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "watch-settings.update",
      method: "patch",
      path: "/v1/me/watch-settings",
      tags,
      summary: "Change how you watch",
      request: { body: body(WatchSettingsPatch) },
      responses: { 200: json(WatchSettings, "All settings after the change") },
    }),
    async (c) => c.json(await changeSettings(c.env, c.var.principal, c.req.valid("json")), 200),
  );
