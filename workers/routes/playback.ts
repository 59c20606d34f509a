import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { Playback, PlaybackRequest } from "../contract/playback.ts";
import { Watch } from "../contract/watch.ts";
import { createPlayback, revokePlayback } from "../services/playback.ts";
import { openWatch } from "../services/watch.ts";
import { earlyPlayable } from "./early-reads.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Playback"];
const params = z.object({ id: Id });

export const playback = createRouter()
  .openapi(
    createRoute({
      operationId: "playback.create",
      method: "post",
      path: "/v1/videos/{id}/playback",
      tags,
      summary: "Start or renew a playback",
      request: {
        params,
        body: { required: false, content: { "application/json": { schema: PlaybackRequest } } },
      },
      responses: {
        200: json(
          Playback,
          "The URLs a player needs, with a playback token in their path, valid until `expiresAt`",
        ),
      },
    }),
    async (c) => {
      // Without a body nothing has been parsed, so the defaults are applied here.
      const request = PlaybackRequest.parse(c.req.valid("json") ?? {});
      const created = await createPlayback(
        c.env,
        c.var.principal,
        c.req.valid("param").id,
        request,
        earlyPlayable(c),
      );
      return c.json(created, 200, { "cache-control": "no-store" });
    },
  )
  .openapi(
    createRoute({
      operationId: "playback.watch",
      method: "post",
      path: "/v1/videos/{id}/watch",
      tags,
      summary: "Get a video and start a playback of it",
      description:
        "What a page needs to play a video, in one response: the video, a playback as `POST /v1/videos/{id}/playback` returns it, and your progress. Needs the scope `videos:read` too.",
      request: {
        params,
        body: { required: false, content: { "application/json": { schema: PlaybackRequest } } },
      },
      responses: { 200: json(Watch, "The video, its playback, and your progress") },
    }),
    async (c) => {
      const request = PlaybackRequest.parse(c.req.valid("json") ?? {});
      const { id } = c.req.valid("param");
      const watch = await openWatch(c.env, c.var.principal, id, request, earlyPlayable(c));
      return c.json(watch, 200, { "cache-control": "no-store" });
    },
  )
  .openapi(
    createRoute({
      operationId: "playback.revoke",
      method: "delete",
      path: "/v1/videos/{id}/playback",
      tags,
      summary: "Revoke every playback token of a video",
      description: "Takes effect everywhere within a minute. Tokens issued afterwards are valid.",
      request: { params },
      responses: { 204: { description: "Revoked" } },
    }),
    async (c) => {
      await revokePlayback(c.env, c.var.principal, c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "playback.revoke-session",
      method: "delete",
      path: "/v1/videos/{id}/playback/{sessionId}",
      tags,
      summary: "Revoke the playback tokens of one session",
      request: { params: params.extend({ sessionId: z.string().min(1).max(64) }) },
      responses: { 204: { description: "Revoked" } },
    }),
    async (c) => {
      const { id, sessionId } = c.req.valid("param");
      await revokePlayback(c.env, c.var.principal, id, sessionId);
      return c.body(null, 204);
    },
  );
