import { createRoute, z } from "@hono/zod-openapi";
import { BinPage } from "../contract/bin.ts";
import { Id, PageQuery } from "../contract/common.ts";
import { Video } from "../contract/videos.ts";
import { emptyBin, eraseFromBin, listBin, restoreVideo } from "../services/bin.ts";
import { relayOutbox } from "../services/outbox.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Videos"];
const params = z.object({ id: Id });

export const bin = createRouter()
  .openapi(
    createRoute({
      operationId: "bin.list",
      method: "get",
      path: "/v1/bin",
      tags,
      summary: "List your deleted videos",
      description:
        "A deleted video counts against your storage quota until it is erased: after the retention time of this site, or by you.",
      request: { query: PageQuery },
      responses: { 200: json(BinPage, "Last deleted first") },
    }),
    async (c) => c.json(await listBin(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "bin.empty",
      method: "delete",
      path: "/v1/bin",
      tags,
      summary: "Erase all your deleted videos",
      description:
        "This cannot be undone. A thousand videos are erased at once; if the bin has more, the others follow within minutes.",
      responses: { 204: { description: "Erased, or about to be" } },
    }),
    async (c) => {
      await emptyBin(c.env, c.var.principal);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "bin.erase",
      method: "delete",
      path: "/v1/bin/{id}",
      tags,
      summary: "Erase a deleted video",
      description: "This cannot be undone. Its files are removed soon after.",
      request: { params },
      responses: { 204: { description: "Erased" } },
    }),
    async (c) => {
      await eraseFromBin(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "bin.restore",
      method: "post",
      path: "/v1/videos/{id}/restore",
      tags,
      summary: "Restore a deleted video",
      description:
        "The video is as it was before it was deleted. Repeated calls give the same response.",
      request: { params },
      responses: { 200: json(Video, "The restored video") },
    }),
    async (c) => {
      const video = await restoreVideo(c.env, c.var.principal, c.req.valid("param").id);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(video, 200);
    },
  );
