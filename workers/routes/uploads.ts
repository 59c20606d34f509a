import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import {
  PartNumber,
  PartRecord,
  PartUrls,
  PartUrlsRequest,
  Upload,
  UploadCompleted,
  UploadCreate,
  UploadCreated,
} from "../contract/uploads.ts";
import { signedIn } from "../domain/principal.ts";
import {
  abortUpload,
  completeUpload,
  createUpload,
  getUpload,
  recordUploadedPart,
  signParts,
} from "../services/uploads.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Uploads"];
const params = z.object({ id: Id });

export const uploads = createRouter()
  .openapi(
    createRoute({
      operationId: "uploads.create",
      method: "post",
      path: "/v1/uploads",
      tags,
      summary: "Announce a file and open its upload",
      description:
        "Makes the video (state `uploading`) and says how to cut the file: every part has `partSize` bytes, the last one the rest. Then ask for part URLs, PUT the parts there, put each part's ETag on record, and complete.",
      request: { body: body(UploadCreate) },
      responses: { 201: json(UploadCreated, "The upload is open") },
    }),
    async (c) => {
      const { userId } = signedIn(c.var.principal);
      return c.json(await createUpload(c.env, userId, c.req.valid("json")), 201);
    },
  )
  .openapi(
    createRoute({
      operationId: "uploads.get",
      method: "get",
      path: "/v1/uploads/{id}",
      tags,
      summary: "State and recorded parts, to resume",
      request: { params },
      responses: { 200: json(Upload, "The upload") },
    }),
    async (c) => c.json(await getUpload(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "uploads.parts",
      method: "post",
      path: "/v1/uploads/{id}/parts",
      tags,
      summary: "URLs to PUT parts to",
      description:
        "Each URL takes exactly one part of exactly its size, straight to the storage, until `expiresAt`. The ETag header of the storage's answer goes on record with the next call.",
      request: { params, body: body(PartUrlsRequest) },
      responses: { 200: json(PartUrls, "One URL for each part number") },
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
      summary: "Put the ETag of a stored part on record",
      request: { params: params.extend({ partNumber: PartNumber }), body: body(PartRecord) },
      responses: { 204: { description: "The part is on record" } },
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
      summary: "Join the parts and start the transcode",
      description: "Calling it again says the same.",
      request: { params },
      responses: { 200: json(UploadCompleted, "The file is complete and its transcode is queued") },
    }),
    async (c) => {
      const completed = await completeUpload(c.env, c.var.principal, c.req.valid("param").id);
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
      summary: "Give an upload up and free its parts",
      request: { params },
      responses: { 204: { description: "The upload is gone" } },
    }),
    async (c) => {
      await abortUpload(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  );
