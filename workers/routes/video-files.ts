import { createRoute, z } from "@hono/zod-openapi";
import { Id } from "../contract/common.ts";
import { VideoFileId, VideoFileList } from "../contract/video-files.ts";
import { listVideoFiles, serveVideoFile } from "../services/video-files.ts";
import { createRouter, json } from "./router.ts";

const tags = ["Files"];
const params = z.object({ id: Id });
const Bytes = z.string().openapi({ format: "binary" });

export const videoFiles = createRouter()
  .openapi(
    createRoute({
      operationId: "files.list",
      method: "get",
      path: "/v1/videos/{id}/files",
      tags,
      summary: "List the files of a video for download",
      description:
        "The uploaded file, the downloads, and each rendition of the stream as a separate file. For an encrypted video, only the uploaded file.",
      request: { params },
      responses: { 200: json(VideoFileList, "The files, with links that work for a day") },
    }),
    async (c) =>
      c.json(await listVideoFiles(c.env, c.var.principal, c.req.valid("param").id), 200, {
        "cache-control": "no-store",
      }),
  )
  .openapi(
    createRoute({
      operationId: "files.get",
      method: "get",
      path: "/v1/videos/{id}/files/{file}",
      tags,
      summary: "Download a file of a video",
      description:
        "With a link from the list. Ranges are supported: with `If-Range`, an interrupted download can be resumed.",
      request: {
        params: params.extend({ file: VideoFileId }),
        query: z.object({ token: z.string().min(1).max(100) }),
      },
      responses: {
        200: {
          description: "The file",
          content: { "application/octet-stream": { schema: Bytes } },
        },
        206: {
          description: "A range of it",
          content: { "application/octet-stream": { schema: Bytes } },
        },
      },
    }),
    (c) => {
      const { id, file } = c.req.valid("param");
      const { token } = c.req.valid("query");
      return serveVideoFile(c.env, c.req.raw, { videoId: id, fileId: file, token });
    },
  );
