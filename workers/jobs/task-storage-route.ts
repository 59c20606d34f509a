import { Hono } from "hono";
import type { AppEnv } from "../context.ts";
import { serveTaskStorage } from "./task-storage.ts";
import { localTranscoders } from "./transcoder.ts";

const MOUNT = "/internal/tasks/";

/** Task storage for local transcoder processes. Containers have it inside their Durable Object, so production answers 404. */
export const taskStorage = new Hono<AppEnv>().all(`${MOUNT}*`, (c) => {
  if (localTranscoders(c.env).length === 0) return c.notFound();
  const { pathname } = new URL(c.req.url);
  return serveTaskStorage(c.req.raw, c.env, pathname.slice(MOUNT.length));
});
