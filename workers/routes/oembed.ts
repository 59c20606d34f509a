import { createRoute } from "@hono/zod-openapi";
import { html } from "hono/html";
import { OEmbed, OEmbedQuery } from "../contract/oembed.ts";
import { embedding } from "../services/oembed.ts";
import { createRouter, json } from "./router.ts";

export const oembed = createRouter().openapi(
  createRoute({
    operationId: "oembed.get",
    method: "get",
    path: "/oembed",
    tags: ["Playback"],
    summary: "Get the code to embed a public video (oEmbed 1.0)",
    request: { query: OEmbedQuery },
    responses: { 200: json(OEmbed, "The oEmbed response") },
  }),
  async (c) => {
    const answer = await embedding(
      c.env,
      c.var.principal,
      c.req.valid("query"),
      ({ src, title, width, height }) =>
        html`<iframe
          src="${src}"
          title="${title}"
          width="${width}"
          height="${height}"
          style="border:0"
          allow="autoplay; encrypted-media; fullscreen; picture-in-picture"
          allowfullscreen
        ></iframe>`,
    );
    return c.json(answer, 200, { "cache-control": "public, max-age=300" });
  },
);
