import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { Playback } from "../contract/playback.ts";
import { UploadCreated } from "../contract/uploads.ts";
import { EditRecipe, SourceUpload, VersionList, WatermarkUploaded } from "../contract/versions.ts";
import { relayOutbox } from "../services/outbox.ts";
import {
  deleteVersion,
  editVideo,
  playVersion,
  publishVersion,
  uploadSource,
  videoVersions,
} from "../services/versions.ts";
import { readWatermark, uploadWatermark } from "../services/watermarks.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Versions"];
const params = z.object({ id: Id });
const versionParams = params.extend({ version: z.coerce.number().int().positive().max(1_000_000) });
const path = "/v1/videos/{id}/versions";
const Picture = z.string().openapi({ format: "binary" });
const LIST = "The versions, newest first";

export const versions = createRouter()
  .openapi(
    createRoute({
      operationId: "versions.list",
      method: "get",
      path,
      tags,
      summary: "List the versions of a video",
      description:
        "A video that was never edited has no versions, but the response has the starting point for an edit.",
      request: { params },
      responses: { 200: json(VersionList, LIST) },
    }),
    async (c) => c.json(await videoVersions(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "versions.create",
      method: "post",
      path,
      tags,
      summary: "Edit a video without a new upload",
      description:
        "Makes a version of the uploaded file that shows only the parts to keep. The file is not changed, and viewers see the current version until the new one is ready. Captions and chapters are adapted. Every edit starts from the whole file.",
      request: { params, body: body(EditRecipe) },
      responses: { 202: json(VersionList, LIST) },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const result = await editVideo(c.env, c.var.principal, id, c.req.valid("json"));
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(result, 202);
    },
  )
  .openapi(
    createRoute({
      operationId: "versions.upload",
      method: "post",
      path: `${path}/upload`,
      tags,
      summary: "Start an upload that replaces the file of a video",
      description:
        "Proceeds like the upload of a new video. When it is complete, a version is made from it, and the video keeps its id, views and links. Uploaded captions are kept if both files have the same length.",
      request: { params, body: body(SourceUpload) },
      responses: { 201: json(UploadCreated, "The upload") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(await uploadSource(c.env, c.var.principal, id, c.req.valid("json")), 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "versions.watermark",
      method: "post",
      path: `${path}/watermark`,
      tags,
      summary: "Upload a watermark",
      description:
        "JPEG, PNG, WebP or AVIF of at most 8 MB. An edit that refers to it shows it over every frame.",
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
      responses: { 201: json(WatermarkUploaded, "The reference for a recipe") },
    }),
    async (c) => {
      const file = new Uint8Array(await c.req.arrayBuffer());
      const { id } = c.req.valid("param");
      return c.json(await uploadWatermark(c.env, c.var.principal, id, file), 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "versions.watermark-file",
      method: "get",
      path: `${path}/watermark/{picture}`,
      tags,
      summary: "Get a picture that was uploaded as a watermark",
      request: { params: params.extend({ picture: z.string().regex(/^\d{1,16}$/) }) },
      responses: {
        200: { description: "The picture", content: { "image/*": { schema: Picture } } },
      },
    }),
    async (c) => {
      const { id, picture } = c.req.valid("param");
      const { bytes, contentType } = await readWatermark(c.env, c.var.principal, id, picture);
      return c.body(bytes, 200, {
        "content-type": contentType,
        "x-content-type-options": "nosniff",
        "cache-control": "private, max-age=3600",
      });
    },
  )
  .openapi(
    createRoute({
      operationId: "versions.publish",
      method: "post",
      path: `${path}/{version}/publish`,
      tags,
      summary: "Return to a version",
      description:
        "A kept version is played at once, with its captions and chapters. An archived version is first encoded again from the uploaded file, under a new number.",
      request: { params: versionParams },
      responses: {
        200: json(VersionList, LIST),
        202: json(VersionList, "The versions, with the one that is being encoded again"),
      },
    }),
    async (c) => {
      const { id, version } = c.req.valid("param");
      const result = await publishVersion(c.env, c.var.principal, id, version);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      const isMaking = result.items.some(({ state }) => state === "encoding");
      return c.json(result, isMaking ? 202 : 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "versions.play",
      method: "post",
      path: `${path}/{version}/playback`,
      tags,
      summary: "Play an unpublished version of your video",
      request: { params: versionParams },
      responses: { 201: json(Playback, "A playback token, and the URLs that it opens") },
    }),
    async (c) => {
      const { id, version } = c.req.valid("param");
      return c.json(await playVersion(c.env, c.var.principal, id, version), 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "versions.delete",
      method: "delete",
      path: `${path}/{version}`,
      tags,
      summary: "Stop or remove a version",
      description:
        "The current version cannot be removed, nor can the whole file while there are edits of it.",
      request: { params: versionParams },
      responses: { 200: json(VersionList, LIST) },
    }),
    async (c) => {
      const { id, version } = c.req.valid("param");
      const result = await deleteVersion(c.env, c.var.principal, id, version);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(result, 200);
    },
  );
