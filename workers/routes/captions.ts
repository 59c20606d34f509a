import { createRoute, z } from "@hono/zod-openapi";
import { CaptionTrack, MAX_CAPTION_TRACKS } from "../contract/captions.ts";
import { Id, Language } from "../contract/common.ts";
import { deleteCaptions, getCaptions, putCaptions } from "../services/captions.ts";
import { relayOutbox } from "../services/outbox.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Captions"];
const params = z.object({ id: Id, language: Language });
const path = "/v1/videos/{id}/captions/{language}";
const WEBVTT = "text/vtt; charset=utf-8";

export const captions = createRouter()
  .openapi(
    createRoute({
      operationId: "captions.get",
      method: "get",
      path,
      tags,
      summary: "Get captions in one language",
      request: { params },
      responses: {
        200: {
          description: "The caption track as WebVTT",
          content: { "text/vtt": { schema: z.string() } },
        },
      },
    }),
    async (c) => {
      const { id, language } = c.req.valid("param");
      const text = await getCaptions(c.env, c.var.principal, id, language);
      return c.body(text, 200, {
        "content-type": WEBVTT,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
      });
    },
  )
  .openapi(
    createRoute({
      operationId: "captions.put",
      method: "put",
      path,
      tags,
      summary: "Add or replace captions",
      description: `WebVTT or SubRip (SRT) in any common encoding (UTF-8, UTF-16, Windows-125x, Shift-JIS, GB18030, Big5, EUC-KR), at most 2 MB, in at most ${MAX_CAPTION_TRACKS} languages per video. Styles, regions and unknown markup are removed; damaged cues are left out, and \`faults\` says why.`,
      request: {
        params,
        body: {
          required: true,
          content: {
            "text/vtt": { schema: z.string() },
            "application/x-subrip": { schema: z.string() },
          },
        },
      },
      responses: { 200: json(CaptionTrack, "The caption track") },
    }),
    async (c) => {
      const { id, language } = c.req.valid("param");
      const track = await putCaptions(
        c.env,
        c.var.principal,
        id,
        language,
        await c.req.arrayBuffer(),
      );
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(track, 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "captions.delete",
      method: "delete",
      path,
      tags,
      summary: "Delete captions",
      request: { params },
      responses: { 204: { description: "Deleted" } },
    }),
    async (c) => {
      const { id, language } = c.req.valid("param");
      await deleteCaptions(c.env, c.var.principal, id, language);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  );
