import { createRoute, z } from "@hono/zod-openapi";
import { CaptionKind } from "../contract/caption-kinds.ts";
import {
  AutomaticCaptions,
  CaptionTrack,
  CaptionTracks,
  CaptionTranslation,
  MAX_CAPTION_TRACKS,
  StoredCaptions,
} from "../contract/captions.ts";
import { Id, Language } from "../contract/common.ts";
import { readCues, writeSubRip } from "../domain/captions/cues.ts";
import { listTracks, startTranscription } from "../services/automatic-captions.ts";
import { deleteCaptions, getCaptions, putCaptions } from "../services/captions.ts";
import { translateCaptions } from "../services/translate-captions.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Captions"];
const videoParams = z.object({ id: Id });
const params = z.object({ id: Id, language: Language });
const path = "/v1/videos/{id}/captions/{language}";
const list = "/v1/videos/{id}/captions";
/** Without it, requests mean the subtitles of a language. */
const query = z.object({ kind: CaptionKind.default("subtitles") });
const readQuery = query.extend({ format: z.enum(["vtt", "srt"]).default("vtt") });
const TYPES = {
  vtt: "text/vtt; charset=utf-8",
  srt: "application/x-subrip; charset=utf-8",
} as const;

export const captions = createRouter()
  .openapi(
    createRoute({
      operationId: "captions.list",
      method: "get",
      path: list,
      tags,
      summary: "List the caption tracks of your video",
      description: "Viewers get the tracks with a playback.",
      request: { params: videoParams },
      responses: { 200: json(CaptionTracks, "The tracks, and what can generate more") },
    }),
    async (c) => c.json(await listTracks(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "captions.transcribe",
      method: "post",
      path: "/v1/videos/{id}/automatic-captions",
      tags,
      summary: "Generate captions automatically",
      description:
        "Captions are generated from the audio. They appear as a track whose origin is `automatic`, and never replace a track of another origin. If you store a track in their place, it becomes yours.",
      request: { params: videoParams, body: body(AutomaticCaptions) },
      responses: { 202: { description: "The captions will be generated" } },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      await startTranscription(c.env, c.var.principal, id, c.req.valid("json"));
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 202);
    },
  )
  .openapi(
    createRoute({
      operationId: "captions.get",
      method: "get",
      path,
      tags,
      summary: "Get captions in one language",
      request: { params, query: readQuery },
      responses: {
        200: {
          description: "The caption track as WebVTT, or as SubRip",
          content: {
            "text/vtt": { schema: z.string() },
            "application/x-subrip": { schema: z.string() },
          },
        },
      },
    }),
    async (c) => {
      const { id, language } = c.req.valid("param");
      const { kind, format } = c.req.valid("query");
      const text = await getCaptions(c.env, c.var.principal, id, { language, kind });
      return c.body(format === "srt" ? writeSubRip(readCues(text).cues) : text, 200, {
        "content-type": TYPES[format],
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
      description: `WebVTT, SubRip (SRT), SBV, TTML or ASS/SSA, told apart by their contents, in any common encoding (UTF-8, UTF-16, Windows-125x, Shift-JIS, GB18030, Big5, EUC-KR), at most 2 MB, in at most ${MAX_CAPTION_TRACKS} tracks per video. Styles, regions and unknown markup are removed; damaged cues are left out, and \`faults\` says why.`,
      request: {
        params,
        query,
        body: {
          required: true,
          content: {
            "text/vtt": { schema: z.string() },
            "application/x-subrip": { schema: z.string() },
            "application/ttml+xml": { schema: z.string() },
            "text/plain": { schema: z.string() },
          },
        },
      },
      responses: { 200: json(StoredCaptions, "The caption track") },
    }),
    async (c) => {
      const { id, language } = c.req.valid("param");
      const track = await putCaptions(
        c.env,
        c.var.principal,
        id,
        { language, kind: c.req.valid("query").kind },
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
      request: { params, query },
      responses: { 204: { description: "Deleted" } },
    }),
    async (c) => {
      const { id, language } = c.req.valid("param");
      const { kind } = c.req.valid("query");
      await deleteCaptions(c.env, c.var.principal, id, { language, kind });
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "captions.translate",
      method: "post",
      path: `${path}/translations`,
      tags,
      summary: "Translate captions automatically",
      description:
        "Generates subtitles in another language with the site's model. They are marked `automatic`, and never replace a track of another origin.",
      request: { params, query, body: body(CaptionTranslation) },
      responses: { 200: json(CaptionTrack, "The new track") },
    }),
    async (c) => {
      const { id, language } = c.req.valid("param");
      const track = { language, kind: c.req.valid("query").kind };
      const { to } = c.req.valid("json");
      const result = await translateCaptions(c.env, c.var.principal, id, track, to);
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(result, 200);
    },
  );
