import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { VideoListQuery } from "../contract/video-list.ts";
import { Timeline, PosterRequest, Video, VideoPage, VideoPatch } from "../contract/videos.ts";
import { pickPoster, uploadPoster } from "../services/posters.ts";
import { browseVideos } from "../services/video-list.ts";
import { deleteVideo, getVideo, retryVideo, updateVideo } from "../services/videos.ts";
import { videoTasks } from "../services/timeline.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Videos"];
const params = z.object({ id: Id });

const Picture = z.string().openapi({ format: "binary" });

export const videos = createRouter()
  .openapi(
    createRoute({
      operationId: "videos.list",
      method: "get",
      path: "/v1/videos",
      tags,
      summary: "List public videos, or your own with creator=me",
      description:
        "With creator=me, you can also filter by words, date, playlist and problems, and sort by length or size. Filters are checked video by video, in the order of the list.",
      request: { query: VideoListQuery },
      responses: { 200: json(VideoPage, "A page of videos") },
    }),
    async (c) => c.json(await browseVideos(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "videos.get",
      method: "get",
      path: "/v1/videos/{id}",
      tags,
      summary: "Get a video",
      request: { params },
      responses: { 200: json(Video, "The video") },
    }),
    async (c) => c.json(await getVideo(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "videos.update",
      method: "patch",
      path: "/v1/videos/{id}",
      tags,
      summary: "Update a video",
      request: { params, body: body(VideoPatch) },
      responses: { 200: json(Video, "The updated video") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const video = await updateVideo(c.env, c.var.principal, id, c.req.valid("json"));
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(video, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "videos.delete",
      method: "delete",
      path: "/v1/videos/{id}",
      tags,
      summary: "Delete a video",
      description:
        "The video disappears for everyone at once and moves to your bin, from which it can be restored until it is erased. A video that is still being uploaded is erased at once.",
      request: { params },
      responses: { 204: { description: "Deleted" } },
    }),
    async (c) => {
      await deleteVideo(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "videos.tasks",
      method: "get",
      path: "/v1/videos/{id}/jobs",
      tags,
      summary: "List the transcoding tasks of a video",
      request: { params },
      responses: {
        200: json(Timeline, "The tasks of the current version, in the order in which they can run"),
      },
    }),
    async (c) =>
      c.json({ items: await videoTasks(c.env, c.var.principal, c.req.valid("param").id) }, 200),
  )
  .openapi(
    createRoute({
      operationId: "videos.retry",
      method: "post",
      path: "/v1/videos/{id}/retry",
      tags,
      summary: "Retry a failed video, or the failed tasks of a watchable one",
      description:
        "A failed video is transcoded again. For a watchable video, only failed tasks are retried: images, captions, further audio tracks, the second codec, downloads.",
      request: { params },
      responses: { 200: json(Video, "The video, queued for transcoding again") },
    }),
    async (c) => {
      const video = await retryVideo(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(video, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "videos.poster",
      method: "put",
      path: "/v1/videos/{id}/poster",
      tags,
      summary: "Choose a frame as the poster",
      request: { params, body: body(PosterRequest) },
      responses: { 202: { description: "The poster is being created" } },
    }),
    async (c) => {
      await pickPoster(c.env, c.var.principal, c.req.valid("param").id, c.req.valid("json").at);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 202);
    },
  )
  .openapi(
    createRoute({
      operationId: "videos.poster-file",
      method: "put",
      path: "/v1/videos/{id}/poster/file",
      tags,
      summary: "Use your own picture as the poster",
      description:
        "JPEG, PNG, WebP or AVIF of at most 8 MB. It is cropped to 16:9 around its centre and encoded again. The video must have a poster already.",
      request: {
        params,
        body: {
          required: true,
          content: {
            "image/jpeg": { schema: Picture },
            "image/png": { schema: Picture },
            "image/webp": { schema: Picture },
            "image/avif": { schema: Picture },
          },
        },
      },
      responses: { 202: { description: "The poster is being created" } },
    }),
    async (c) => {
      const file = new Uint8Array(await c.req.arrayBuffer());
      await uploadPoster(c.env, c.var.principal, c.req.valid("param").id, file);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 202);
    },
  );
