import { createRoute, z } from "@hono/zod-openapi";
import { ChaptersPut, VideoChapters } from "../contract/chapters.ts";
import { Id } from "../contract/common.ts";
import { getChapters, putChapters } from "../services/chapters.ts";
import { relayOutbox } from "../services/outbox.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Chapters"];
const params = z.object({ id: Id });
const path = "/v1/videos/{id}/chapters";

export const chapters = createRouter()
  .openapi(
    createRoute({
      operationId: "chapters.get",
      method: "get",
      path,
      tags,
      summary: "Get your list of chapters",
      description: "Viewers get the effective chapters with a playback.",
      request: { params },
      responses: { 200: json(VideoChapters, "Your list, and the automatic chapters") },
    }),
    async (c) => c.json(await getChapters(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "chapters.put",
      method: "put",
      path,
      tags,
      summary: "List the chapters",
      description:
        "Your list replaces the times in the description and the chapters in the file. It has at least two chapters, the first at 0, or none at all; `null` removes it.",
      request: { params, body: body(ChaptersPut) },
      responses: { 200: json(VideoChapters, "Your list, and the automatic chapters") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const result = await putChapters(c.env, c.var.principal, id, c.req.valid("json"));
      c.executionCtx.waitUntil(relayOutbox(c.env));
      return c.json(result, 200);
    },
  );
