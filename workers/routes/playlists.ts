import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import {
  Playlist,
  PlaylistCreate,
  PlaylistId,
  PlaylistItemPut,
  PlaylistList,
  PlaylistListQuery,
  PlaylistPage,
  PlaylistPageQuery,
  PlaylistPatch,
} from "../contract/playlists.ts";
import {
  createPlaylist,
  deletePlaylist,
  listPlaylists,
  putPlaylistVideo,
  readPlaylist,
  removePlaylistVideo,
  updatePlaylist,
} from "../services/playlists.ts";
import { purgePlaylist } from "./public-reads.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Playlists"];
const params = z.object({ id: PlaylistId });
const videoParams = z.object({ id: PlaylistId, videoId: Id });

export const playlists = createRouter()
  .openapi(
    createRoute({
      operationId: "playlists.list",
      method: "get",
      path: "/v1/playlists",
      tags,
      summary: "List your playlists, or the public ones of an account",
      request: { query: PlaylistListQuery },
      responses: { 200: json(PlaylistList, "Most recently changed first") },
    }),
    async (c) => c.json(await listPlaylists(c.env, c.var.principal, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      operationId: "playlists.create",
      method: "post",
      path: "/v1/playlists",
      tags,
      summary: "Create a playlist or a series",
      request: { body: body(PlaylistCreate) },
      responses: { 201: json(Playlist, "The playlist, without videos") },
    }),
    async (c) => c.json(await createPlaylist(c.env, c.var.principal, c.req.valid("json")), 201),
  )
  .openapi(
    createRoute({
      operationId: "playlists.get",
      method: "get",
      path: "/v1/playlists/{id}",
      tags,
      summary: "Get a playlist and its videos",
      description: "Videos that you may not see are left out.",
      request: { params, query: PlaylistPageQuery },
      responses: { 200: json(PlaylistPage, "The playlist with a page of its videos") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(await readPlaylist(c.env, c.var.principal, id, c.req.valid("query")), 200);
    },
  )
  .openapi(
    createRoute({
      operationId: "playlists.update",
      method: "patch",
      path: "/v1/playlists/{id}",
      tags,
      summary: "Change the title, the description or the visibility of a playlist",
      request: { params, body: body(PlaylistPatch) },
      responses: { 204: { description: "Changed" } },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      await updatePlaylist(c.env, c.var.principal, id, c.req.valid("json"));
      purgePlaylist(c.executionCtx, id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "playlists.delete",
      method: "delete",
      path: "/v1/playlists/{id}",
      tags,
      summary: "Delete a playlist; its videos stay",
      request: { params },
      responses: { 204: { description: "Deleted" } },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      await deletePlaylist(c.env, c.var.principal, id);
      purgePlaylist(c.executionCtx, id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "playlists.put-video",
      method: "put",
      path: "/v1/playlists/{id}/videos/{videoId}",
      tags,
      summary: "Add a video to a playlist, or move it",
      request: { params: videoParams, body: body(PlaylistItemPut) },
      responses: { 204: { description: "In its place" } },
    }),
    async (c) => {
      const target = c.req.valid("param");
      await putPlaylistVideo(c.env, c.var.principal, target, c.req.valid("json"));
      purgePlaylist(c.executionCtx, target.id);
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      operationId: "playlists.remove-video",
      method: "delete",
      path: "/v1/playlists/{id}/videos/{videoId}",
      tags,
      summary: "Remove a video from a playlist",
      request: { params: videoParams },
      responses: { 204: { description: "Not in the playlist" } },
    }),
    async (c) => {
      const target = c.req.valid("param");
      await removePlaylistVideo(c.env, c.var.principal, target);
      purgePlaylist(c.executionCtx, target.id);
      return c.body(null, 204);
    },
  );
