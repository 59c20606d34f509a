import { createRoute, z } from "@hono/zod-openapi";
import { PageQuery } from "../contract/common.ts";
import { FollowList, FollowStatus, Notifications, NotificationsRead } from "../contract/follows.ts";
import { VideoPage } from "../contract/videos.ts";
import {
  followCreator,
  followedVideos,
  isFollowing,
  listFollows,
  markNotificationsRead,
  readNotifications,
  unfollowCreator,
} from "../services/follows.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Follows"];
const params = z.object({ id: z.string().min(1).max(64) });
const CREATOR_PATH = "/v1/me/follows/{id}";

export const follows = createRouter()
  .openapi(
    createRoute({
      operationId: "follows.list",
      method: "get",
      path: "/v1/me/follows",
      tags,
      summary: "List the creators that you follow",
      responses: { 200: json(FollowList, "The latest first") },
    }),
    async (c) => c.json(await listFollows(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "follows.get",
      method: "get",
      path: CREATOR_PATH,
      tags,
      summary: "Whether you follow a creator",
      request: { params },
      responses: { 200: json(FollowStatus, "Whether you do") },
    }),
    async (c) => {
      const following = await isFollowing(c.env, c.var.principal, c.req.valid("param").id);
      return c.json({ following }, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "follows.put",
      method: "put",
      path: CREATOR_PATH,
      tags,
      summary: "Follow a creator",
      request: { params },
      responses: { 204: { description: "You follow the creator" } },
    }),
    async (c) => {
      await followCreator(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "follows.delete",
      method: "delete",
      path: CREATOR_PATH,
      tags,
      summary: "Stop following a creator",
      request: { params },
      responses: { 204: { description: "You do not follow the creator" } },
    }),
    async (c) => {
      await unfollowCreator(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "follows.videos",
      method: "get",
      path: "/v1/me/followed-videos",
      tags,
      summary: "List the videos of the creators that you follow",
      request: { query: PageQuery },
      responses: { 200: json(VideoPage, "The newest first") },
    }),
    async (c) => c.json(await followedVideos(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "notifications.list",
      method: "get",
      path: "/v1/me/notifications",
      tags,
      summary: "Get the latest videos of the creators that you follow",
      responses: { 200: json(Notifications, "The newest videos, and how many are new to you") },
    }),
    async (c) => c.json(await readNotifications(c.env, c.var.principal), 200),
  )
  .openapi(
    createRoute({
      operationId: "notifications.read",
      method: "put",
      path: "/v1/me/notifications/read",
      tags,
      summary: "Mark notifications as read",
      request: { body: body(NotificationsRead) },
      responses: { 204: { description: "Everything until then is marked as read" } },
    }),
    async (c) => {
      const until = Date.parse(c.req.valid("json").until);
      await markNotificationsRead(c.env, c.var.principal, until);
      return c.body(null, 204);
    },
  );
