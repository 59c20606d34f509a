import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AppEnv } from "../context.ts";
import { Id, PageQuery } from "../contract/common.ts";
import {
  AppealCreate,
  AppealPage,
  BannedSourcePage,
  ModerationHistory,
  ReviewPage,
  ReviewRejection,
  RulingCreate,
  RulingPage,
  SourceHash,
  TrustPut,
  VerdictCreate,
  VideoModeration,
} from "../contract/moderation.ts";
import { allBannedSources, endBan } from "../services/banned-sources.ts";
import {
  appealRuling,
  judgeRuling,
  moderationHistory,
  moderationOfVideo,
  ownRulings,
  ruleOnVideo,
  waitingAppeals,
} from "../services/moderation.ts";
import { mailModerationNews, type ModerationNews } from "../services/moderation-mails.ts";
import { relayOutbox } from "../services/outbox.ts";
import { approveVideo, listReviews, rejectVideo, trustCreator } from "../services/reviews.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Moderation"];
const params = z.object({ id: Id });

/** Done after the response: the search index is updated, and the creator gets a mail. */
function follow(c: Context<AppEnv>, news: ModerationNews): void {
  c.executionCtx.waitUntil(relayOutbox(c.env));
  c.executionCtx.waitUntil(mailModerationNews(c.env, news));
}

export const moderation = createRouter()
  .openapi(
    createRoute({
      operationId: "moderation.get",
      method: "get",
      path: "/v1/videos/{id}/moderation",
      tags,
      summary: "Get the moderators' decisions about your video",
      request: { params },
      responses: { 200: json(VideoModeration, "Review, limits and decisions") },
    }),
    async (c) =>
      c.json(await moderationOfVideo(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "rulings.own",
      method: "get",
      path: "/v1/me/rulings",
      tags,
      summary: "List the moderators' decisions about your videos",
      request: { query: PageQuery },
      responses: { 200: json(RulingPage, "The newest first") },
    }),
    async (c) => c.json(await ownRulings(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "rulings.appeal",
      method: "post",
      path: "/v1/rulings/{id}/appeal",
      tags,
      summary: "Appeal a decision about your video",
      description: "Once per decision. A moderator reviews it again.",
      request: { params, body: body(AppealCreate) },
      responses: { 204: { description: "The appeal waits for a moderator" } },
    }),
    async (c) => {
      const { text } = c.req.valid("json");
      await appealRuling(c.env, c.var.principal, c.req.valid("param").id, text);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "moderation.history",
      method: "get",
      path: "/v1/admin/videos/{id}/moderation",
      tags,
      summary: "Get all decisions about a video",
      request: { params },
      responses: { 200: json(ModerationHistory, "The video, its limits and decisions") },
    }),
    async (c) =>
      c.json(await moderationHistory(c.env, c.var.principal, c.req.valid("param").id), 200),
  )
  .openapi(
    createRoute({
      operationId: "moderation.rule",
      method: "post",
      path: "/v1/admin/videos/{id}/rulings",
      tags,
      summary: "Hide, restrict or delete a video, or send a message to its creator",
      description:
        "The creator is notified, and may appeal once. All reports of the video are closed, except after a message. A deleted video is in its creator's bin and stays hidden if it is restored from there.",
      request: { params, body: body(RulingCreate) },
      responses: { 204: { description: "Decided" } },
    }),
    async (c) => {
      const ruling = c.req.valid("json");
      follow(c, await ruleOnVideo(c.env, c.var.principal, c.req.valid("param").id, ruling));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "rulings.appeals",
      method: "get",
      path: "/v1/admin/appeals",
      tags,
      summary: "List the open appeals",
      request: { query: PageQuery },
      responses: { 200: json(AppealPage, "The oldest first") },
    }),
    async (c) => c.json(await waitingAppeals(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "rulings.judge",
      method: "post",
      path: "/v1/admin/rulings/{id}/verdict",
      tags,
      summary: "Decide an appeal, or revoke a decision",
      description:
        "`restored`: the decision is reversed. `upheld`: the decision stands. Both close the appeal.",
      request: { params, body: body(VerdictCreate) },
      responses: { 204: { description: "Decided" } },
    }),
    async (c) => {
      const verdict = c.req.valid("json");
      follow(c, await judgeRuling(c.env, c.var.principal, c.req.valid("param").id, verdict));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "reviews.list",
      method: "get",
      path: "/v1/admin/reviews",
      tags,
      summary: "List the videos that wait for review",
      description: "First publications of creators who are not trusted yet.",
      request: { query: PageQuery },
      responses: { 200: json(ReviewPage, "The oldest first") },
    }),
    async (c) => c.json(await listReviews(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "reviews.approve",
      method: "post",
      path: "/v1/admin/reviews/{id}/approve",
      tags,
      summary: "Approve a video",
      description: "It is published as its creator wants it. `id` is the video's id.",
      request: { params },
      responses: { 204: { description: "Let through" } },
    }),
    async (c) => {
      follow(c, await approveVideo(c.env, c.var.principal, c.req.valid("param").id));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "reviews.reject",
      method: "post",
      path: "/v1/admin/reviews/{id}/reject",
      tags,
      summary: "Reject a video",
      description: "It stays private, and its creator may appeal. `id` is the video's id.",
      request: { params, body: body(ReviewRejection) },
      responses: { 204: { description: "Rejected" } },
    }),
    async (c) => {
      const rejection = c.req.valid("json");
      follow(c, await rejectVideo(c.env, c.var.principal, c.req.valid("param").id, rejection));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "creators.trust",
      method: "put",
      path: "/v1/admin/creators/{id}/trust",
      tags,
      summary: "Decide whether the videos of a creator need reviews",
      request: { params: z.object({ id: z.string().min(1).max(64) }), body: body(TrustPut) },
      responses: { 204: { description: "Decided" } },
    }),
    async (c) => {
      const { trusted } = c.req.valid("json");
      await trustCreator(c.env, c.var.principal, c.req.valid("param").id, trusted);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "banned-sources.list",
      method: "get",
      path: "/v1/admin/banned-sources",
      tags,
      summary: "List the banned files",
      request: { query: PageQuery },
      responses: { 200: json(BannedSourcePage, "The newest first") },
    }),
    async (c) => c.json(await allBannedSources(c.env, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "banned-sources.delete",
      method: "delete",
      path: "/v1/admin/banned-sources/{sha256}",
      tags,
      summary: "Allow a banned file again",
      request: { params: z.object({ sha256: SourceHash }) },
      responses: { 204: { description: "Allowed" } },
    }),
    async (c) => {
      await endBan(c.env, c.var.principal, c.req.valid("param").sha256);
      return c.body(null, 204);
    },
  );
