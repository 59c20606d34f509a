import { createRoute, z } from "@hono/zod-openapi";
import { LibraryBackupList, LibraryRestore, LibraryRestored } from "../contract/library-copies.ts";
import { libraryBackups, restoreLibraries } from "../services/library-copies.ts";
import { body, createRouter, json } from "./router.ts";

const tags = ["Operation"];

export const libraryCopies = createRouter()
  .openapi(
    createRoute({
      operationId: "library-copies.list",
      method: "get",
      path: "/v1/admin/library-copies",
      tags,
      summary: "List the copies of the accounts' libraries",
      description:
        "Histories, lists, playlists, follows and profiles, copied each day to the bucket bound as BACKUPS.",
      responses: { 200: json(LibraryBackupList, "Complete copies, newest first") },
    }),
    async (c) => c.json(await libraryBackups(c.env), 200),
  )
  .openapi(
    createRoute({
      operationId: "library-copies.restore",
      method: "post",
      path: "/v1/admin/library-copies/{day}/restore",
      tags,
      summary: "Restore the libraries in one part of a copy",
      description:
        "Use it after a loss of data: newer data of these accounts is replaced. Continue with `next` until it is null.",
      request: { params: z.object({ day: z.iso.date() }), body: body(LibraryRestore) },
      responses: { 200: json(LibraryRestored, "How many libraries were restored") },
    }),
    async (c) => {
      const { day } = c.req.valid("param");
      const { part } = c.req.valid("json");
      return c.json(await restoreLibraries(c.env, c.var.principal, day, part), 200);
    },
  );
