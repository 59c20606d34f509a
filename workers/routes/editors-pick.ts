import { createRoute } from "@hono/zod-openapi";
import { EditorsPick, EditorsPickChoice } from "../contract/search.ts";
import {
  chooseEditorsPick,
  currentEditorsPick,
  dropEditorsPick,
} from "../services/editors-pick.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Search"];

export const editorsPick = createRouter()
  .openapi(
    createRoute({
      operationId: "editors-pick.get",
      method: "get",
      path: "/v1/admin/editors-pick",
      tags,
      summary: "Get the video chosen for the top of the home page",
      responses: { 200: json(EditorsPick, "Its id") },
    }),
    async (c) => c.json(await currentEditorsPick(c.env), 200),
  )
  .openapi(
    createRoute({
      operationId: "editors-pick.put",
      method: "put",
      path: "/v1/admin/editors-pick",
      tags,
      summary: "Choose the video at the top of the home page",
      description:
        "It must be public, in landscape format, and have at least 720 lines and a poster. Visitors see it within half a minute. While it is not public, the home page shows a popular video instead.",
      request: { body: body(EditorsPickChoice) },
      responses: { 200: json(EditorsPick, "The new choice") },
    }),
    async (c) => c.json(await chooseEditorsPick(c.env, c.req.valid("json").videoId), 200),
  )
  .openapi(
    createRoute({
      operationId: "editors-pick.delete",
      method: "delete",
      path: "/v1/admin/editors-pick",
      tags,
      summary: "Return to a popular video at the top of the home page",
      responses: { 204: { description: "No video is chosen any more" } },
    }),
    async (c) => {
      await dropEditorsPick(c.env);
      return c.body(null, 204);
    },
  );
