import { createRoute, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { Id } from "../contract/common.ts";
import {
  OpenUploads,
  PartNumber,
  PartRecord,
  PartUrls,
  PartUrlsRequest,
  Upload,
  UploadComplete,
  UploadCompleted,
  UploadCreate,
  UploadCreated,
  UploadFromUrl,
  UploadFromUrlCreated,
} from "../contract/uploads.ts";
import { signedIn } from "../domain/principal.ts";
import { completeUpload } from "../services/complete-upload.ts";
import { createUploadFromUrl } from "../services/link-uploads.ts";
import {
  abortUpload,
  createUpload,
  getUpload,
  listOpenUploads,
  recordUploadedPart,
  signParts,
} from "../services/uploads.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Uploads"];
const params = z.object({ id: Id });

/** Many clients declare JSON with every request: an empty body is then the same as none. */
const emptyBodyAllowed: MiddlewareHandler = async (c, next) => {
  // Hono's cache has promises, although its type says strings.
  if ((await c.req.text()) === "") Object.assign(c.req.bodyCache, { text: Promise.resolve("{}") });
  await next();
};

export const uploads = createRouter()
  .openapi(
    createRoute({
      operationId: "uploads.create",
      method: "post",
      path: "/v1/uploads",
      tags,
      summary: "Start an upload",
      description:
        "Creates the video (in state `uploading`) and says how to split the file: every part has `partSize` bytes, the last one the rest. Next, request part URLs, PUT the parts there, record the ETag of each part, and complete the upload.",
      request: { body: body(UploadCreate) },
      responses: { 201: json(UploadCreated, "The upload") },
    }),
    async (c) => {
      const { userId } = signedIn(c.var.principal);
      return c.json(await createUpload(c.env, userId, c.req.valid("json")), 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "uploads.create-from-url",
      method: "post",
      path: "/v1/uploads/from-url",
      tags,
      summary: "Upload a file from a link",
      description:
        "Creates the video and lets the server read the file. Get the upload to see its progress, or abort it; it is completed automatically. If the link's server supports ranges and sends an ETag or Last-Modified, reading continues after a failure; otherwise the file is read as one stream, within 12 minutes. `link_refused`: the site does not read this link; `link_unreachable`: the server does not deliver the file; `link_changed`: the file changed while it was read; `link_too_slow`: it cannot be read as one stream in time.",
      request: { body: body(UploadFromUrl) },
      responses: { 201: json(UploadFromUrlCreated, "The upload, which continues automatically") },
    }),
    async (c) => {
      const { userId } = signedIn(c.var.principal);
      const created = await createUploadFromUrl(c.env, userId, c.req.valid("json"));
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(created, 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "uploads.list",
      method: "get",
      path: "/v1/uploads",
      tags,
      summary: "List the unfinished uploads of the account, and its remaining quota",
      responses: { 200: json(OpenUploads, "Open uploads, newest first") },
    }),
    async (c) => c.json(await listOpenUploads(c.env, signedIn(c.var.principal).userId), 200),
  )
  .openapi(
    createRoute({
      operationId: "uploads.get",
      method: "get",
      path: "/v1/uploads/{id}",
      tags,
      summary: "Get an upload, to resume it",
      request: { params },
      responses: { 200: json(Upload, "The upload, with the parts recorded so far") },
    }),
    async (c) => c.json(await getUpload(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "uploads.parts",
      method: "post",
      path: "/v1/uploads/{id}/parts",
      tags,
      summary: "Get URLs for parts",
      description:
        "Each URL accepts a PUT of exactly one part of exactly its size, straight to the storage, until `expiresAt`. The storage responds with an ETag header, which the next call records.",
      request: { params, body: body(PartUrlsRequest) },
      responses: { 200: json(PartUrls, "One URL per part number") },
    }),
    async (c) => {
      const { partNumbers } = c.req.valid("json");
      const { id } = c.req.valid("param");
      return c.json(await signParts(c.env, c.var.principal, id, partNumbers), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "uploads.record-part",
      method: "put",
      path: "/v1/uploads/{id}/parts/{partNumber}",
      tags,
      summary: "Record the ETag of a stored part",
      request: { params: params.extend({ partNumber: PartNumber }), body: body(PartRecord) },
      responses: { 204: { description: "Recorded" } },
    }),
    async (c) => {
      const { id, partNumber } = c.req.valid("param");
      const { etag } = c.req.valid("json");
      await recordUploadedPart(c.env, c.var.principal, id, { partNumber, etag });
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "uploads.complete",
      method: "post",
      path: "/v1/uploads/{id}/complete",
      tags,
      summary: "Complete an upload and transcode the video",
      description:
        "The ETags of all parts are needed: recorded before, or sent with this call, which saves one call per part. Record them where an upload should be resumable. `part_missing` names the parts that have no ETag, or the ones that the storage does not have; send these again, and repeat the call. Repeated calls give the same response.",
      middleware: emptyBodyAllowed,
      request: {
        params,
        body: { required: false, content: { "application/json": { schema: UploadComplete } } },
      },
      responses: {
        200: json(
          UploadCompleted,
          "The upload is complete, and the video is queued for transcoding",
        ),
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { parts } = c.req.valid("json");
      const completed = await completeUpload(c.env, c.var.principal, id, parts);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(completed, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "uploads.abort",
      method: "delete",
      path: "/v1/uploads/{id}",
      tags,
      summary: "Abort an upload",
      request: { params },
      responses: { 204: { description: "Aborted. Its parts and its video are deleted" } },
    }),
    async (c) => {
      await abortUpload(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  );
